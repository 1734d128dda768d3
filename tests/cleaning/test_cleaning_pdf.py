from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from security_center.foundation.cleaning import CleanResult, Code, Limits, Outcome

type Clean = Callable[..., tuple[bytes, CleanResult]]


def photo() -> bytes:
    place = Image.Exif()
    place[0x010F] = "MARKERCAMERA"
    out = BytesIO()
    Image.new("RGB", (40, 40), (1, 200, 3)).save(out, "JPEG", exif=place, comment=b"MARKERCOMMENT")
    return out.getvalue()


def loaded_document() -> pikepdf.Pdf:
    """A page with everything that names, acts, carries or points outside."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 300))
    document.docinfo["/Author"] = "MARKERAUTHOR"
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["MARKERXMP"]
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(
        document, b"MARKERFILE", filename="MARKERNAME.txt"
    )
    script = Dictionary(S=Name.JavaScript, JS=String('app.alert("MARKERSCRIPT")'))
    document.Root.OpenAction = script
    document.Root.Names.JavaScript = Dictionary(
        Names=[String("x"), Dictionary(S=Name.JavaScript, JS=String("MARKERNAMED"))]
    )
    page.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("MARKERLAUNCH")))
    submit = Dictionary(S=Name.SubmitForm, F=String("http://example.test/MARKERSUBMIT"))
    document.Root.AcroForm = Dictionary(
        Fields=[Dictionary(FT=Name.Btn, T=String("send"), Subtype=Name.Widget, Rect=[0, 0, 9, 9], A=submit)],
        XFA=String("MARKERXFA"),
    )
    link = document.make_indirect(
        Dictionary(S=Name.URI, URI=String("http://example.test/MARKERLINK"), Next=script)
    )
    annotation = {"Type": Name.Annot, "Rect": [0, 0, 9, 9]}
    page.Annots = Array(
        [
            document.make_indirect(Dictionary(**annotation, Subtype=Name.Link, A=link)),
            Dictionary(
                **annotation,
                Subtype=Name.Text,
                T=String("MARKERPERSON"),
                M=String("D:20260102"),
                Contents=String("a remark that stays"),
            ),
            Dictionary(**annotation, Subtype=Name.FileAttachment, Contents=String("MARKERPINNED")),
            Dictionary(
                **annotation, Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=Array([page.obj, Name.Fit]))
            ),
        ]
    )
    image = Stream(document, photo())
    for key, value in {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": 40,
        "Height": 40,
        "ColorSpace": Name.DeviceRGB,
        "BitsPerComponent": 8,
    }.items():
        image[f"/{key}"] = value
    image.Filter = Name.DCTDecode
    page.Resources = Dictionary(XObject=Dictionary(I=image))
    page.Contents = Stream(document, b"q 40 0 0 40 9 9 cm /I Do Q")
    return document


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    out = BytesIO()
    document.save(out, **options)
    return out.getvalue()


def laid_open(content: bytes) -> bytes:
    """Every stream unpacked, so that a search sees all that is in the file."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.save(
            out,
            qdf=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue()


def test_a_document_keeps_its_page_and_loses_author_actions_attachments_and_links(clean: Clean) -> None:
    original = saved(loaded_document())
    assert laid_open(original).count(b"MARKER") >= 12
    copy, result = clean(original)
    assert result.outcome is Outcome.CLEANED
    assert set(result.notes) == {
        Code.ACTIVE_CONTENT_REMOVED,
        Code.ATTACHMENTS_REMOVED,
        Code.LINKS_REMOVED,
        Code.NAMES_REMOVED,
    }
    open_copy = laid_open(copy)
    for word in (
        b"MARKER",
        b"/JavaScript",
        b"/Launch",
        b"/SubmitForm",
        b"/OpenAction",
        b"/AA",
        b"/EmbeddedFile",
        b"/URI",
        b"/Metadata",
        b"/Info",
    ):
        assert word not in open_copy, word
    assert b"a remark that stays" in open_copy
    assert b"/GoTo" in open_copy
    with pikepdf.open(BytesIO(copy)) as document:
        shown = pikepdf.PdfImage(document.pages[0].Resources.XObject.I).as_pil_image()
        assert (
            max(abs(one - other) for one, other in zip(shown.getpixel((9, 9)), (1, 200, 3), strict=True)) < 4
        )


def test_an_earlier_revision_that_a_document_still_carries_is_not_in_the_copy(clean: Clean) -> None:
    first = saved(pikepdf_with_text(b"MARKERREVISION"))
    body = b"\n9 0 obj\n(MARKERORPHAN)\nendobj\n"
    copy, result = clean(first + body)
    assert result.outcome is Outcome.CLEANED
    assert b"MARKERORPHAN" not in laid_open(copy)
    assert b"MARKERREVISION" in laid_open(copy)


def pikepdf_with_text(text: bytes) -> pikepdf.Pdf:
    document = pikepdf.new()
    page = document.add_blank_page()
    page.Contents = Stream(document, b"BT (" + text + b") Tj ET")
    return document


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_locked_document_cannot_be_cleaned(clean: Clean, password: str) -> None:
    _, result = clean(saved(loaded_document(), encryption=pikepdf.Encryption(owner="owner", user=password)))
    assert (result.outcome, result.reason) == (Outcome.CANNOT_CLEAN, Code.ENCRYPTED)


def test_two_copies_of_one_document_share_no_identifier_with_the_original(clean: Clean) -> None:
    document = loaded_document()
    document.trailer["/ID"] = Array([String("MARKERIDENTITY01"), String("MARKERIDENTITY02")])
    copy, _ = clean(saved(document))
    assert b"MARKERIDENTITY" not in copy


def test_a_document_that_is_only_a_header_is_damaged_and_a_cut_one_says_that_it_was_repaired(
    clean: Clean,
) -> None:
    assert clean(b"%PDF-1.7\nnothing")[1].reason is Code.DAMAGED
    original = saved(loaded_document(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert clean(original[: len(original) // 2])[1].reason is Code.DAMAGED
    copy, result = clean(original[: original.rindex(b"startxref")])
    assert result.outcome is Outcome.CLEANED
    assert Code.REPAIRED in result.notes
    assert b"MARKER" not in laid_open(copy)


def test_a_document_of_too_many_objects_is_not_walked(clean: Clean) -> None:
    _, result = clean(saved(loaded_document()), limits=Limits(pdf_objects=3))
    assert result.reason is Code.NEEDS_TOO_MUCH_MEMORY
