"""Who reaches the addresses of this room: see tests/house/addresses.py."""

from tests.house.addresses import EVERYBODY, Row

STAFF = {
    "notifications:inbox": Row("get", EVERYBODY, own=True),
    "notifications:mark_all_read": Row("post", EVERYBODY, own=True),
    "notifications:send_own_test_alert": Row("post", EVERYBODY, own=True),
}
OPEN = {"notifications:test_alert"}
ONES_OWN = {"notifications:mark_read", "notifications:confirm_on_screen"}
