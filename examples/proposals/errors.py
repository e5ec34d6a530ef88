"""Owns the reasons why no proposals come out of a folder, each said in one sentence that a person understands."""

from __future__ import annotations


class ProposalError(Exception):
    """Work that cannot be done; `str()` is the sentence shown to the person who brought the folder."""


class FolderMissing(ProposalError):
    """It was moved or removed before it was read, or it never was a folder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no folder “{name}” any more; bring the texts again.")


class NoTexts(ProposalError):
    """Not one text in the folder, though there may be files: `files` of them."""

    def __init__(self, files: int, example: str | None = None) -> None:
        if files == 0:
            sentence = "This folder is empty: put texts into it, one file for each."
        else:
            found = "The only file" if files == 1 else f"None of the {files:,} files"
            sentence = f"{found} in this folder {'cannot' if files == 1 else 'can'} be read as a text"
            sentence += f" ({example})." if example else "."
        super().__init__(sentence)


class TooManyTexts(ProposalError):
    """More files than can be compared with each other."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"This folder has more than {limit:,} files; divide it, for instance by year.")


class TooMuchText(ProposalError):
    """More characters than can be compared with each other."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The texts in this folder are longer than {limit / 1e6:,.0f} million characters together; divide it."
        )


class NothingSaid(ProposalError):
    """There are texts, and no word in them says what they are about."""

    def __init__(self, texts: int) -> None:
        found = "The only text" if texts == 1 else f"All {texts:,} texts"
        super().__init__(f"{found} in this folder {'has' if texts == 1 else 'have'} only words that say nothing alone.")


class NothingShared(ProposalError):
    """Many texts, each about something else."""

    def __init__(self, texts: int) -> None:
        super().__init__(f"No two of these {texts:,} texts are about the same: there is nothing that several ask for.")


class NoProposals(ProposalError):
    """A tree was asked for before there was anything to put into it."""

    def __init__(self) -> None:
        super().__init__("There are no proposals to build a tree of; have some generated first.")


class WritingUnavailable(ProposalError):
    """The service that words the proposals could not be asked, or answered what cannot be used."""

    def __init__(self) -> None:
        super().__init__("The writing service is not available just now; try again in a few minutes.")
