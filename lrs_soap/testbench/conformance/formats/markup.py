"""Elements of HTML and XML, made in one line: what stands in them is text, never markup."""

from lxml import etree

Content = str | etree._Element


def element(tag: str, *content: Content, **attributes: str) -> etree._Element:
    """Return an element with texts and elements in it; `class_` is class, `aria_label` is aria-label."""
    made = etree.Element(tag)
    for name, value in attributes.items():
        made.set(name.rstrip("_").replace("_", "-"), value)
    for part in content:
        _append(made, part)
    return made


def _append(parent: etree._Element, part: Content) -> None:
    if not isinstance(part, str):
        parent.append(part)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + part
    else:
        parent.text = (parent.text or "") + part
