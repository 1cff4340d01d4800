"""The configuration is edited while the service runs."""

from __future__ import annotations

import time

from sqlalchemy import select

from monitor.storage import tables as t
from tests.e2e.stage import Running, Stage, running, wait_for

NEW_BRAND = "橙子出行"


def versions(shifen: Running) -> dict[str, str]:
    """The rules' version of each brand's hit."""
    with shifen.database.read() as connection:
        rows = connection.execute(select(t.hit.c.brand, t.hit.c.rules_version))
        return {row.brand: row.rules_version for row in rows}


def test_a_new_brand_is_found_without_a_restart(stage: Stage) -> None:
    text = f"{NEW_BRAND}乱扣钱，客服不理，我要投诉退款！"
    with running(stage) as shifen:
        known = stage.publish()
        wait_for(lambda: stage.told(known))

        stage.settings["brands"].append({"name": NEW_BRAND})
        stage.write_config()
        began = time.monotonic()
        wait_for(lambda: NEW_BRAND in str(shifen.http.get("/api/v1/plan").json()))
        # What was published before the new query was taken up lies before its beginning.
        wait_for(lambda: NEW_BRAND in str(shifen.http.get("/api/v1/sources").json()))
        fresh = stage.publish(text)
        wait_for(lambda: stage.told(fresh), 30)
        assert time.monotonic() - began < 30
        found = versions(shifen)
        assert found[NEW_BRAND] == shifen.service.parts.live.current().version
        assert found["星云手表"] != found[NEW_BRAND]
        wait_for(lambda: shifen.http.get("/readyz").status_code == 200)


def test_a_broken_edit_keeps_the_old_rules_and_says_so(stage: Stage) -> None:
    with running(stage) as shifen:
        wait_for(lambda: shifen.http.get("/readyz").status_code == 200)
        whole = stage.config_path.read_text("utf-8")
        stage.config_path.write_text(whole + "\nbrnads: []\n", "utf-8")
        wait_for(lambda: shifen.http.get("/readyz").status_code == 503)
        assert "brnads" in shifen.http.get("/readyz").text
        post = stage.publish()
        wait_for(lambda: stage.told(post))
        stage.config_path.write_text(whole, "utf-8")
        wait_for(lambda: shifen.http.get("/readyz").status_code == 200)
