"""An animation as a page of its own, played as on the dashboard."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from alcore.report.html.player.assets import page_script, page_styles, player_markup, player_script, player_styles

Rows = Sequence[Sequence[str]]
_ROUNDS = "Test accuracy after every round"


def player_page(
    payload: bytes,
    *,
    title: str,
    alt: str,
    verdict: str,
    legend: str,
    rounds: Rows,
    config: Mapping[str, Any],
) -> bytes:
    """A page that needs no network: the animation, the player, and below it what it shows in words and numbers.

    The page has the theme and the width of the reader's screen, and changes with them. A browser without
    scripts, or one that cannot draw the figure, shows `alt` instead.

    Args:
        payload: JSON in UTF-8, from `alcore.report.interactive.animation_payload.page_payload`.
        title: the heading.
        alt: the figure in words.
        verdict: the first paragraph below the figure.
        legend: the second: the meaning of the marks.
        rounds: the numbers behind the curves; the first row is the heading, the first column names the others.
        config: the set-up, as JSON can say it.

    Returns:
        UTF-8 HTML; the same arguments give the same bytes.
    """
    heading = escape(title)
    # In a script the only text with a meaning of its own begins with "<".
    content = payload.decode().replace("<", "\\u003c")
    settings = escape(json.dumps(dict(config), indent=2, ensure_ascii=False))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{heading}</title>
<style>
{page_styles()}
{player_styles()}
</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{player_markup()}
<noscript><p>{escape(alt)} The animation needs JavaScript.</p></noscript>
<p class="verdict">{escape(verdict)}</p>
<p>{escape(legend)}</p>
<details><summary>{_ROUNDS}</summary><div class="wide" role="region" aria-label="{_ROUNDS}" tabindex="0">
{_table(rounds)}
</div></details>
<details><summary>Settings</summary><pre class="wide" role="region" aria-label="Settings" tabindex="0">{settings}</pre>
</details>
</main>
<script type="application/json" id="alcore-animation">{content}</script>
<script type="module">
{player_script()}
{page_script()}
</script>
</body>
</html>
""".encode()


def _table(rows: Rows) -> str:
    heading, *body = rows
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heading)
    lines = [
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for first, *cells in body
    ]
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
