"""Owns paper for the samples: PDFs of every kind that people bring, made from nothing, the same every time.

Only the locked one differs from run to run: its encryption wants fresh random bytes.
"""

from __future__ import annotations

import io
import random

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from examples.house import prose

PAPER = (595, 842)
_MARGIN, _BODY, _LEADING, _LINES, _WIDTH = 72, 11, 15.5, 40, 96


def printed(title: str, pages: int) -> bytes:
    """A typeset document: a title page with its first paragraphs, then page after page of text."""
    pdf = pikepdf.new()
    fonts = _fonts(pdf)
    dice = random.Random(title)  # the same text every time is the point
    for number in range(1, pages + 1):
        content = _title_page(title, dice) if number == 1 else _text_page(title, number, dice)
        _add_page(pdf, content, pikepdf.Dictionary(Font=fonts))
    pdf.docinfo["/Title"] = title
    return _saved(pdf)


def scanned(pages: int) -> bytes:
    """A document of pictures, as a scanner makes it: there is not one letter of text in it."""
    pdf = pikepdf.new()
    for number in range(1, pages + 1):
        picture = _scan(number)
        image = pikepdf.Stream(pdf, picture.tobytes())
        image.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=picture.width,
                Height=picture.height,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
        )
        drawing = f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm /Scan Do Q"
        _add_page(pdf, drawing, pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image)))
    return _saved(pdf)


def sealed() -> bytes:
    """A document that asks for a password, encrypted with AES-256 as current programs do it."""
    sealed_copy = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed("Minutes of a Closed Meeting", 4))) as pdf:
        pdf.save(sealed_copy, encryption=pikepdf.Encryption(user="lantern", owner="lighthouse", R=6))
    return sealed_copy.getvalue()


def torn() -> bytes:
    """A document whose second half never arrived, as after a broken download."""
    whole = printed("The Ledger of the Quay", 40)
    return whole[: len(whole) // 2]


def without_pages() -> bytes:
    """A well-formed document with nothing in it."""
    return _saved(pikepdf.new())


def with_a_missing_page(pages: int, missing: int) -> bytes:
    """A document whose page `missing` (counted from 1) is in its page tree and not in the file."""
    pdf = pikepdf.open(io.BytesIO(printed("The Log with a Page Cut Out", pages)))
    plain = _saved(pdf, qdf=True)
    with pikepdf.open(io.BytesIO(plain)) as laid_out:
        number = laid_out.pages[missing - 1].objgen[0]
    # The cut-out object gets another number of the same length, so that every offset in the file still holds.
    return plain.replace(f"\n{number} 0 obj".encode(), f"\n{'9' * len(str(number))} 0 obj".encode())


def _title_page(title: str, dice: random.Random) -> str:
    rule = f"0.6 w {_MARGIN} 610 m {PAPER[0] - _MARGIN} 610 l S"
    head = f"BT /Bold 30 Tf {_MARGIN} 640 Td ({title}) Tj ET"
    sub = f"BT /Roman 13 Tf {_MARGIN} 580 Td (Kept at the pilot station, signed at the end of each watch) Tj ET"
    return "\n".join([head, rule, sub, _paragraph(prose.lines(dice, 22, _WIDTH), 530)])


def _text_page(title: str, number: int, dice: random.Random) -> str:
    head = f"BT /Roman 9 Tf {_MARGIN} 800 Td ({title}) Tj ET"
    foot = f"BT /Roman 9 Tf {PAPER[0] // 2 - 8} 40 Td ({number}) Tj ET"
    return "\n".join([head, _paragraph(prose.lines(dice, _LINES, _WIDTH), 760), foot])


def _paragraph(lines: list[str], top: int) -> str:
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    return f"BT /Roman {_BODY} Tf {_LEADING} TL {_MARGIN} {top} Td {shown} ET"


def _fonts(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    faces = {"Roman": "/Times-Roman", "Bold": "/Times-Bold"}
    return pikepdf.Dictionary(
        {
            f"/{name}": pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name(face),
                    Encoding=pikepdf.Name.WinAnsiEncoding,
                )
            )
            for name, face in faces.items()
        }
    )


def _scan(number: int) -> Image.Image:
    paper = Image.new("L", (PAPER[0] * 2, PAPER[1] * 2), 246)
    draw = ImageDraw.Draw(paper)
    dice = random.Random(number)  # the same letter every time is the point
    letter = ["To the keeper of the eastern light,", "", *prose.lines(dice, 26, 64)]
    draw.multiline_text((150, 190), "\n".join(letter), fill=52, font=ImageFont.load_default(30), spacing=17)
    return paper.rotate(0.7, fillcolor=238)


def _add_page(pdf: pikepdf.Pdf, content: str, resources: pikepdf.Dictionary) -> None:
    page = pdf.add_blank_page(page_size=PAPER)
    page.Contents = pdf.make_stream(content.encode("cp1252"))
    page.Resources = resources


def _saved(pdf: pikepdf.Pdf, *, qdf: bool = False) -> bytes:
    file = io.BytesIO()
    pdf.save(file, deterministic_id=True, qdf=qdf, compress_streams=not qdf)
    return file.getvalue()
