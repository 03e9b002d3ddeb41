"""A person at a browser: opens pages, changes language, filters, reads, runs, downloads, logs in and out."""

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.surfaces.rest.conftest import Server, served
from tests.surfaces.web.conftest import PASSWORD, SCRIPT

PAGES = (
    "/", "/reviews", "/reviews/r00001", "/behaviour", "/customers", "/recommend?customers=c1", "/ask?q=流失", "/data",
    "/proof", "/verbs", "/verbs/funnel", "/verbs/review-topics", "/verbs/overview?period=week", "/nothing-here",
)  # fmt: skip
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser; its tests are skipped where there is none.

    Of this module alone, for while it is there no other test can run a loop of its own.
    """
    api = pytest.importorskip(
        "playwright.sync_api", reason="the package playwright is not installed"
    )
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def state(chromium: Any, guarded: Server) -> Any:
    """The cookies of somebody who has logged in at a browser."""
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(guarded.address + "/reviews?sentiment=negative")
    assert page.url.startswith(guarded.address + "/login")
    page.get_by_label("Name").fill("li")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    assert page.url == guarded.address + "/reviews?sentiment=negative"
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def page(chromium: Any, state: Any) -> Iterator[Any]:
    """A page of that browser; nothing that happens on it may be an error or a script of a stranger."""
    context = chromium.new_context(storage_state=state, locale="en-GB", accept_downloads=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda line: said.append(line.text) if "Policy" in line.text else None)
    yield opened
    context.close()
    assert said == []


def test_the_pages_are_opened_from_the_menu_in_both_languages(page: Any, guarded: Server) -> None:
    page.goto(guarded.address + "/")
    assert page.get_by_role("heading", level=1).inner_text() == "Today"
    page.get_by_role("link", name="中文").click()
    assert page.get_by_role("heading", level=1).inner_text() == "今日"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    names = page.locator("nav").first.get_by_role("link").all_inner_texts()
    assert names == ["今日", "评价", "行为", "顾客", "推荐", "提问", "数据", "依据", "全部分析"]
    for name in names[1:]:
        page.locator("nav").first.get_by_role("link", name=name, exact=True).click()
        # The switch is remembered, without a word in the address.
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        assert page.locator("nav a[aria-current]").inner_text() == name
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "All questions"


def test_a_theme_is_chosen_and_remembered(page: Any, guarded: Server) -> None:
    page.goto(guarded.address + "/")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("link", name="Light or dark").click()
    assert page.url == guarded.address + "/"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    page.goto(guarded.address + "/data")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_filter_is_chosen_and_leads_down_to_a_review(page: Any, guarded: Server) -> None:
    page.goto(guarded.address + "/reviews")
    page.get_by_label("Sentiment").select_option("negative")
    page.wait_for_url("**/reviews?*sentiment=negative*")
    shown = page.locator(".reviews .tag")
    assert set(shown.all_inner_texts()) == {"negative"}
    page.get_by_label("Text holds").fill("alert('xss')")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**xss**")
    first = page.locator(".reviews li").first
    # What a stranger wrote is read as it was written, and runs nowhere.
    assert SCRIPT in first.inner_text()
    first.get_by_role("link", name="Read").click()
    assert SCRIPT in page.locator("main").inner_text()
    shared = guarded.address + "/reviews?sentiment=negative&stars=1"
    page.goto(shared)
    assert page.get_by_label("Stars").input_value() == "1"


def test_a_verb_is_run_from_its_form(page: Any, guarded: Server) -> None:
    page.goto(guarded.address + "/verbs/overview")
    page.get_by_text("Change what is asked").click()
    page.locator("#a-period").select_option("week")
    page.get_by_role("button", name="Work it out").click()
    page.wait_for_url("**/verbs/overview?period=week", timeout=60_000)
    assert "by week" in page.locator("main").inner_text()


def test_work_that_takes_long_shows_how_far_it_is_and_is_cancelled(
    page: Any, guarded: Server
) -> None:
    page.goto(guarded.address + "/verbs/slow-answer?seconds=30")
    page.get_by_role("button", name="Work it out").click()
    page.wait_for_url("**/jobs/**")
    page.get_by_text("Counting slowly").wait_for(timeout=20_000)
    assert page.locator("progress").get_attribute("value") == "0.25"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled").wait_for()
    page.get_by_role("link", name="Ask again").click()
    assert page.locator("#a-seconds").input_value() == "30"


def test_work_that_is_forgotten_is_told_of(page: Any, guarded: Server) -> None:
    page.goto(guarded.address + "/jobs/AAAAAAAAAAAAAAAA")
    text = page.locator("main").inner_text()
    assert "over long ago" in text
    assert "Ask the question again." in text


def test_a_table_and_a_chart_are_downloaded(page: Any, guarded: Server) -> None:
    page.goto(guarded.address + "/verbs/overview")
    for name, begins in (
        ("CSV", b"\xef\xbb\xbf"),
        ("Excel", b"PK"),
        ("PNG", b"\x89PNG"),
        ("SVG", b"<svg"),
    ):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name, exact=True).first.click()
        assert Path(waiting.value.path()).read_bytes().startswith(begins), name


def test_a_chart_comes_alive_in_a_frame_that_sees_nothing(
    chromium: Any, state: Any, guarded: Server
) -> None:
    context = chromium.new_context(storage_state=state, locale="en-GB")
    page = context.new_page()
    page.goto(guarded.address + "/verbs/overview")
    page.get_by_role("link", name="Explore").click()
    page.frame_locator("iframe").locator("svg.marks").wait_for(timeout=20_000)
    inner = next(one for one in page.frames if one != page.main_frame)
    assert inner.evaluate("origin") == "null"
    for reached in ("document.cookie", "parent.document.title", "localStorage.length"):
        with pytest.raises(Exception, match=r"SecurityError|Blocked|sandbox"):
            inner.evaluate(reached)
    assert inner.evaluate("fetch('/v1').then(() => 'reached', () => 'refused')") == "refused"
    context.close()


def test_the_page_works_with_keys_alone_and_without_script(
    chromium: Any, state: Any, guarded: Server
) -> None:
    context = chromium.new_context(storage_state=state, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(guarded.address + "/reviews")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.get_by_label("Stars").select_option("1")
    page.get_by_role("button", name="Apply").click()
    assert "stars=1" in page.url
    page.goto(guarded.address + "/verbs/slow-answer?seconds=2")
    page.get_by_role("button", name="Work it out").click()
    page.wait_for_url("**/verbs/slow-answer?seconds=2", timeout=30_000)
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_wider_than_the_window(page: Any, guarded: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        page.goto(guarded.address + path)
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(
    chromium: Any, state: Any, guarded: Server, scheme: str
) -> None:
    pytest.importorskip(
        "axe_playwright_python", reason="the package axe-playwright-python is not installed"
    )
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    context = chromium.new_context(storage_state=state, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    for path in (*PAGES, "/login"):
        page.goto(guarded.address + path)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        worst = [
            (one["id"], one["nodes"][0]["target"], one["nodes"][0]["failureSummary"])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert worst == [], path
    context.close()


def test_whoever_logs_out_is_out(chromium: Any, guarded: Server) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(guarded.address + "/data")
    page.get_by_label("用户名").fill("reader")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    assert page.url == guarded.address + "/data"
    page.goto(guarded.address + "/verbs/slow-answer?seconds=3")
    # Whoever may only read is offered nothing to press.
    assert page.get_by_role("button", name="开始计算").count() == 0
    page.get_by_role("button", name="退出").click()
    assert page.url == guarded.address + "/login"
    page.goto(guarded.address + "/data")
    assert page.url.startswith(guarded.address + "/login")
    context.close()


def test_a_server_that_is_started_anew_under_a_page(
    chromium: Any, made_shop: Path, tmp_path: Path
) -> None:
    shop = Path(shutil.copytree(made_shop, tmp_path / "shop"))
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    with served(shop, tmp_path / "first") as first:
        page.goto(first.address + "/verbs/slow-answer?seconds=1")
    with served(shop, tmp_path / "second", "--port", str(first.port)):
        page.get_by_role("button", name="Work it out").click()
        text = page.locator("main").inner_text()
        assert "started anew" in text
        page.go_back()
        page.reload()
        page.get_by_role("button", name="Work it out").click()
        page.wait_for_url("**/verbs/slow-answer?seconds=1", timeout=30_000)
    context.close()
