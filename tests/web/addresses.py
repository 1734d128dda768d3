"""Who reaches the addresses of this room: see tests/house/addresses.py."""

OPEN = {"web:healthz", "web:readyz", "web:set_language"}
PUBLIC = {"web:home", "web:healthz", "web:readyz", "web:offline", "web:manifest", "web:service_worker"}
NOT_COUNTED = PUBLIC - {"web:home"}
# What a machine asks for.
NOT_LOOKED_AT = PUBLIC - {"web:home", "web:offline"}
