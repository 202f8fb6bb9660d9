"""The verbs of the crawler: archive, crawl, run, demo; others mount their own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import crawler.explain_cli
import crawler.schedule_cli
import crawler.sources_cli
from archive.errors import UsageError
from archive.model import Manners
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption


def mount(app: typer.Typer) -> None:
    """Add the verbs of this floor."""
    app.command("archive")(archive)
    app.command("crawl")(crawl)
    app.command("run")(run)
    app.command("demo")(demo)
    crawler.explain_cli.mount(app)
    crawler.schedule_cli.mount(app)
    crawler.sources_cli.mount(app)


def archive(
    urls: Annotated[list[str], typer.Argument(help="Addresses, http or https.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    requisites: Annotated[
        bool,
        typer.Option(
            "--requisites", help="Also the images, styles and scripts they need."
        ),
    ] = False,
    ignore_robots: Annotated[
        str | None,
        typer.Option(help="Fetch what robots.txt disallows; the reason is recorded."),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Connect to private addresses; recorded."),
    ] = False,
    no_verify_tls: Annotated[
        bool,
        typer.Option("--no-verify-tls", help="Accept any certificate; recorded."),
    ] = False,
    delay: Annotated[
        float, typer.Option(help="Seconds between requests to one host.", min=0)
    ] = 1.0,
    as_json: JsonOption = False,
    debug: Annotated[bool, typer.Option("--debug", hidden=True)] = False,
) -> None:
    """Archive addresses, now.

    Example: dateline archive https://example.org/news/1 --requisites
    """
    from crawler.command import Command  # noqa: PLC0415 (Scrapy takes half a second)
    from crawler.spiders.addresses import AddressesSpider  # noqa: PLC0415

    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise UsageError(
                f"{url!r} is no address: begin it with http:// or https://"
            )
    manners = Manners(
        delay_s=delay,
        concurrency=4 if requisites else 1,
        allow_private=allow_private,
        verify_tls=not no_verify_tls,
        ignore_robots=ignore_robots,
    )
    command = Command(collection, as_json=as_json, debug=debug)
    raise typer.Exit(
        command.run(
            AddressesSpider,
            warm=len(urls) > 8,
            urls=tuple(dict.fromkeys(urls)),
            requisites=requisites,
            manners=manners,
        )
    )


def crawl(
    only: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources; all if none is named.")
    ] = None,
    sources: Annotated[
        Path, typer.Option(help="The file that describes the sources.")
    ] = Path("sources.toml"),
    collection: CollectionOption = DEFAULT_COLLECTION,
    limit: Annotated[
        int | None, typer.Option(help="At most so many articles of each seed.", min=1)
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="Only what the seeds date on or after this day (UTC)."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(help="Only what the seeds date before this day (UTC)."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Ask for all that the seeds name, due or not, once more."
        ),
    ] = False,
    as_json: JsonOption = False,
    debug: Annotated[bool, typer.Option("--debug", hidden=True)] = False,
) -> None:
    """Look at sources once, and archive what is new or due.

    With --since and --until it works through the archives in sitemaps.

    Example: dateline crawl port-verity --since 2024-03-01 --until 2024-04-01
    """
    from crawler.command import Command  # noqa: PLC0415 (Scrapy takes half a second)
    from crawler.seedlook import Scope  # noqa: PLC0415
    from crawler.sources import load_sources  # noqa: PLC0415
    from crawler.spiders.sources import SourcesSpider, choose  # noqa: PLC0415

    if since and until and since >= until:
        raise UsageError(
            f"--since {since:%Y-%m-%d} is not before --until {until:%Y-%m-%d}"
        )
    scope = Scope(limit=limit, since=_utc(since), until=_utc(until), again=again)
    chosen = choose(load_sources(sources), tuple(only or ()))
    command = Command(collection, as_json=as_json, debug=debug)
    raise typer.Exit(command.run(SourcesSpider, sources=chosen, scope=scope))


def run(
    sources: Annotated[
        Path, typer.Option(help="The file that describes the sources.")
    ] = Path("sources.toml"),
    collection: CollectionOption = DEFAULT_COLLECTION,
    max_runs: Annotated[
        int, typer.Option(help="Sources looked at in the same moment, at most.", min=1)
    ] = 200,
    metrics: Annotated[
        str,
        typer.Option(
            help='Where /metrics and /health are, as host:port; "off" for nowhere.'
        ),
    ] = "127.0.0.1:9464",
    webhook: Annotated[
        str | None,
        typer.Option(
            help="Where flags and failed runs are posted to, signed with "
            "DATELINE_WEBHOOK_SECRET."
        ),
    ] = None,
    mail_to: Annotated[
        str | None,
        typer.Option(help="Whom they are written to, by the server DATELINE_SMTP."),
    ] = None,
    mail_from: Annotated[
        str | None, typer.Option(help="Who writes; the receiver if nobody is named.")
    ] = None,
    stop_bound: Annotated[
        float,
        typer.Option(help="Seconds for what is in flight when told to stop.", min=0),
    ] = 60.0,
    as_json: JsonOption = False,
    debug: Annotated[bool, typer.Option("--debug", hidden=True)] = False,
) -> None:
    """Watch sources by their rhythm until told to stop.

    SIGTERM and Ctrl-C finish what is in flight, a second one ends at once. The
    file of sources is read again when it changes, or on SIGHUP.

    Example: dateline run --sources sources.toml --collection my-archive
    """
    from crawler.watch_command import WatchCommand, ways_of  # noqa: PLC0415
    from crawler.watching import Plan  # noqa: PLC0415 (Scrapy takes half a second)

    plan = Plan(
        sources=sources,
        max_runs=max_runs,
        stop_bound_s=stop_bound,
        ways=ways_of(webhook, mail_to, mail_from),
    )
    command = WatchCommand(collection, as_json=as_json, debug=debug)
    command.watch(plan, None if metrics == "off" else metrics)


def demo(
    collection: CollectionOption = DEFAULT_COLLECTION,
    as_json: JsonOption = False,
) -> None:
    """Crawl the bundled example newsroom: everything on this machine, no network.

    Example: dateline demo --collection my-archive
    """
    from crawler.command import Command  # noqa: PLC0415 (Scrapy takes half a second)
    from crawler.newsroom.server import Newsroom  # noqa: PLC0415
    from crawler.sources import parse_sources  # noqa: PLC0415
    from crawler.spiders.sources import SourcesSpider  # noqa: PLC0415

    with Newsroom() as newsroom:
        if not as_json:
            print(
                f"The example newsroom is open at {newsroom.base_url}", file=sys.stderr
            )
        command = Command(collection, as_json=as_json)
        # The newsroom misbehaves on purpose: what fails there is part of the show.
        code = command.run(
            SourcesSpider,
            sources=parse_sources(newsroom.sources_toml(), "the example newsroom"),
        )
    if not as_json:
        command.suggest()
    raise typer.Exit(code if code > 1 else 0)


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None
