"""Parts of Streamlit that every picture needs, announced with the page so that they load while its code starts."""

import re
from pathlib import Path

# Parts that Streamlit loads when a script first draws with them, by the beginning of their file's name: those of the
# picture. With the controls as well the picture came later.
PARTS = ("BidiComponent", "Html")
_IMPORTED = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def preload_links(folder: Path) -> str:
    """The value of the header `Link` of the page; "" where the parts are not found.

    Args:
        folder: Streamlit's static files, `index.html` and `static/js/`.
    """
    try:
        page = (folder / "index.html").read_text(encoding="utf-8")
        wanted = [path.name for part in PARTS for path in sorted((folder / "static" / "js").glob(f"{part}.*.js"))]
        found: list[str] = []
        while wanted:
            name = wanted.pop(0)
            # The page itself names what it needs.
            if name not in found and name not in page:
                found.append(name)
                wanted += _IMPORTED.findall((folder / "static" / "js" / name).read_text(encoding="utf-8"))
    except OSError:
        return ""
    return ", ".join(f"<./static/js/{name}>; rel=modulepreload; crossorigin" for name in found)
