"""Owns the small words of seven languages: by them a text's language is guessed, and they are never its keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SMALL_WORDS: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": """
            a about above after again all also am an and any are as at be because been before being
            below between both but by can could did do does doing down during each few for from further
            had has have having he her here hers him his how i if in into is it its just may me more
            most must my no nor not of off on once only or other our ours out over own per same shall
            she should so some such than that the their them then there these they this those through to
            too under until up upon very was we were what when where which while who whom why will with
            would you your yours
        """,
        "de": """
            aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein dem
            den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein
            eine einem einen einer eines er es euer für gegen haben hat hatte hier ich ihr ihre im in
            ins ist ja jede jeder kann kein keine können man mehr mein mit muss nach nicht noch nun nur
            ob oder ohne sehr sein seine sich sie sind so soll sondern um und uns unser unter vom von
            vor war waren was weil welche wenn werden wer wie wir wird wo wurde wurden zu zum zur
            zwischen über
        """,
        "fr": """
            afin ai ainsi alors au aucun aussi autre aux avec avoir car ce ceci cela ces cet cette chez
            comme dans de des donc dont du elle elles en encore entre est et eu il ils je jusque la le
            les leur leurs lors lui mais me mes moins mon même ne nos notre nous on ont ou où par pas
            peu peut plus pour qu que quel qui sa sans se selon ses si son sont sous sur ta te tes ton
            tous tout toute toutes très tu un une vos votre vous été être à
        """,
        "es": """
            al algo antes aunque cada como con contra cual cuando de del desde donde durante el ella
            ellas ellos en entre era es esa ese eso esta este esto está estos fue ha hace hacia han
            hasta hay la las le les lo los más me mi muy nada ni no nos nosotros o otra otro para pero
            poco por porque que quien se según ser si sin sobre son su sus sí también tan te tiene todo
            todos tu un una uno unos y ya yo
        """,
        "it": """
            ai al alla alle allo anche ancora avere che chi ci come con contro cui da dagli dai dal
            dalla dalle degli dei del della delle dello di dopo dove e ed era essere fra gli ha hanno i
            il in io la le lei lo loro lui ma mi molto ne negli nei nel nella nelle noi non o ogni per
            perché più poi prima quale quando quella quello questa questo qui se senza si sia sono su
            sua sue sugli sui sul sulla suo tra tutti tutto un una uno voi è
        """,
        "nl": """
            aan al als alles altijd andere ben bij daar dan dat de der deze die dit doch doen door dus
            een en er ge geen had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je
            kan kon kunnen maar me meer men met mij mijn moet na naar niet niets nog nu of om omdat ons
            ook op over reeds te tegen toch toen tot u uit uw van veel voor want waren was wat we wel
            werd wie wij wil worden wordt zal ze zich zij zijn zo zonder zou
        """,
        "pt": """
            ao aos até com como da das de dela dele depois do dos e ela elas ele eles em entre era essa
            esse esta este eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na não nas
            nem no nos nossa nosso num numa o os ou para pela pelas pelo pelos por qual quando que quem
            se sem ser seu seus sua suas são só também te tem uma umas você vos à às é
        """,
    }.items()
}
EVERY_SMALL_WORD: Final = frozenset().union(*SMALL_WORDS.values())
_LEAST_WORDS: Final = 5
"""Small words that must speak for a language before it is named."""
_LEAST_LEAD: Final = 1.15
"""How many times as many as for the next one."""


def guessed(words: Iterable[str]) -> str | None:
    """The language of lower-case words as ISO 639-1; None where they are too few, or speak for two alike."""
    several = list(words)
    counted = sorted(
        ((sum(word in small for word in several), language) for language, small in SMALL_WORDS.items()), reverse=True
    )
    (most, language), (next_most, _) = counted[:2]
    return language if most >= _LEAST_WORDS and most >= next_most * _LEAST_LEAD else None
