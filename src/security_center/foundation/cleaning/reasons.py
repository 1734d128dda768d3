"""The sentence a reader sees for each code. The only file of this package that knows Django."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from security_center.foundation.cleaning.results import Code

SENTENCES: dict[Code, Promise] = {
    Code.DAMAGED: _("The file is damaged or cut off, so no safe copy could be made."),
    Code.DECODER_STOPPED: _(
        "The program that reads this kind of file stopped, so no safe copy could be made."
    ),
    Code.EMBEDDED_FILES: _("The file has other files inside that could not be checked."),
    Code.ENCRYPTED: _("The file is locked with a password, so no safe copy could be made."),
    Code.MACROS: _("The file holds small programs (macros). They may run when it is opened."),
    Code.NEEDS_TOO_MUCH_MEMORY: _("The file is too big to be unpacked safely."),
    Code.NOT_INSTALLED: _(
        "Plans of this kind cannot be read here: the packages that read them are not installed."
    ),
    Code.NOT_SUPPORTED: _("A safe copy of this kind of file cannot be made here."),
    Code.OUTPUT_TOO_LARGE: _("The safe copy would be too large."),
    Code.TOOK_TOO_LONG: _("Making a safe copy took too long and was stopped."),
    Code.TOO_LARGE: _("The file is larger than the limit."),
    Code.TOO_MANY_FRAMES: _("The moving picture is too long to be made anew."),
    Code.TOO_MANY_PIXELS: _("The picture is too large to be made anew."),
    Code.UNKNOWN_TYPE: _("The kind of file is not known, so no safe copy could be made."),
    Code.UNSAFE_NAMES: _(
        "The file is built to mislead the program that opens it. Do not open the original on a "
        "school computer."
    ),
    Code.UNSAFE_XML: _(
        "The file is built to harm the program that opens it. Do not open the original on a school computer."
    ),
    Code.ZIP_BOMB: _(
        "The file is built to fill up the computer that opens it. Do not open the original on a "
        "school computer."
    ),
    Code.ACTIVE_CONTENT_REMOVED: _("Parts that act by themselves were taken out of this copy."),
    Code.ATTACHMENTS_REMOVED: _(
        "Files inside the file were taken out of this copy. The original still has them."
    ),
    Code.COLOURS_MAY_DIFFER: _("Colors in this copy may differ from the original."),
    Code.CONVERTED: _(
        "This copy has another file type than the original, so that every computer can show it."
    ),
    Code.EXTRA_PICTURES_REMOVED: _("The file holds more than one picture. This copy shows the first."),
    Code.LINKS_REMOVED: _("Links and contents from outside were taken out of this copy."),
    Code.MEDIA_NOT_REENCODED: _(
        "Place, time and device were taken out of the file. The sound and the moving picture "
        "themselves are unchanged."
    ),
    Code.NAMES_REMOVED: _("Names of people who wrote comments or changes were taken out of this copy."),
    Code.NOT_CONFINED: _(
        "This server could not fully shut in the program that made this copy. Tell your administrator."
    ),
    Code.PARTS_NOT_READ: _(
        "Some drawings or fonts in this copy could not be checked and were left as they are."
    ),
    Code.PICTURE_REDUCED: _("The picture is very large. This copy is smaller."),
    Code.REPAIRED: _("The file was damaged and was repaired for this copy. Parts may be missing."),
    Code.TEXT_CHANGED: _("Invisible or unreadable characters were taken out of this copy."),
    Code.TRACKS_REMOVED: _(
        "Tracks that are neither picture nor sound, such as place or captions, were taken out of this copy."
    ),
    Code.TYPE_DIFFERS: _("The name of the file says another type than what is inside."),
}


def sentence(code: Code | str) -> Promise:
    """The sentence for a code, also one read back from the database. Raises ValueError for an unknown
    code."""
    return SENTENCES[Code(code)]
