"""`/metrics` of the staff program: numbers for a Prometheus server. No address, name, school or word of
anybody is among them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from ..queries import condition


class _Condition(Collector):
    """Asked anew at each scrape, so that every process of every machine gives the same answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in condition.gauges():
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label] if gauge.label else None)
            for value, number in (gauge.by or {}).items():
                family.add_metric([value], number)
            if gauge.by is None:
                family.add_metric([], gauge.value)
            yield family


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Only with the token of SSC_METRICS_TOKEN; without that setting there is no such page."""
    if not settings.SSC_METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.SSC_METRICS_TOKEN}"
    ):
        return HttpResponse(
            "Give the token of SSC_METRICS_TOKEN: Authorization: Bearer …\n",
            status=401,
            headers={"WWW-Authenticate": "Bearer"},
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Condition())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
