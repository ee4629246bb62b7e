"""Stop words of the languages that the program can tell apart, as plain data.

They are left out of questions (an OR with them makes FTS5 slow and finds everything) and they tell languages apart.
"""

from __future__ import annotations

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        """a about above after again against all also am an and any are aren't as at be because been before being below
        between both but by can can't cannot could did didn't do does doesn't doing don't down during each either else
        ever every few for from further had has hasn't have haven't having he her here hers herself him himself his how
        however i if in into is isn't it it's its itself just let may me might more most must my myself no nor not of
        off on once only or other our ours out over own per shall she should so some such than that that's the their
        theirs them themselves then there these they this those through to too under until up upon us very was wasn't
        we were weren't what when where whether which while who whom whose why will with within without would yet you
        your yours yourself""".split()
    ),
    "de": frozenset(
        """aber alle allem allen aller alles als also am an andere anderen anderer auch auf aus bei beim bin bis bist
        da dabei dadurch daher damit dann daran darauf daraus das dass dazu dein deine dem den denn der deren des
        dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
        etwa etwas euch euer für gegen haben habe hat hatte hatten hier hinter ich ihm ihn ihnen ihr ihre ihrem ihren
        ihrer im in indem ins ist ja jede jedem jeden jeder jedes jener kann kein keine keinem keinen keiner können
        könnte mein meine meinem meinen meiner mich mir mit muss müssen nach nicht nichts noch nun nur ob oder ohne
        sehr sein seine seinem seinen seiner seit sich sie sind so solche soll sollen sondern sowie über um und uns
        unser unsere unter viel vom von vor während war waren warum was weil welche welchem welchen welcher welches
        wenn wer werden wessen wie wieder will wir wird wo woher wurde wurden würde zu zum zur zwar zwischen""".split()
    ),
    "es": frozenset(
        """a al algo algunas algunos ante antes como con contra cual cuales cuando cuándo cuál cuáles cuánto cuántos
        cuántas cómo de del desde donde dónde durante e el él ella ellas ellos en entre era eran es esa esas ese eso
        esos esta está están estas este esto estos fue fueron ha había hace han hasta hay la las le les lo los más me
        mi mientras muy nada ni no nos nosotros o os otra otras otro otros para pero poco por porque qué que quién
        quiénes se sea ser si sí sido sin sobre son su sus también tanto te tiene tienen todo todos tu tuvo un una unas
        uno unos usted y ya yo""".split()
    ),
    "fr": frozenset(
        """à afin ai ainsi alors après as au aucun aussi autre aux avait avant avec avoir car ce ceci cela celle celui
        ces cet cette ceux chaque chez comme comment d' dans de depuis des donc dont du durant elle elles en encore
        entre est et étaient était été être eu eux fait font hors il ils j' je jusque l' la laquelle le lequel les leur
        leurs lors lui là ma mais me mes moi moins mon même n' ne ni nos notre nous on ont ou où par parce pas pendant
        peu peut plus pour pourquoi qu' quand que quel quelle quelles quels qui quoi s' sa sans se sera ses si sien
        soit son sont sous sur ta te tes toi ton tous tout toute toutes tu un une vers vos votre vous y""".split()
    ),
    "it": frozenset(
        """a ad agli ai al alla alle allo anche avere aveva c' che chi ci come con contro cosa cui da dagli dai dal
        dalla dalle dallo degli dei del della delle dello di dopo dove e è ed era erano essere fra fu furono gli ha
        hanno ho i il in io l' la le lei li lo loro lui ma mi mia mio ne negli nei nel nella nelle nello noi non o ogni
        per perché però più poi prima qual quale quali quando quanti quanto quella quelle quelli quello questa queste
        questi questo se sempre senza si sia sono sotto sta stata stato su sua sue sugli sui sul sulla sulle suo suoi
        tra tu tutti tutto un una uno vi voi""".split()
    ),
    "nl": frozenset(
        """aan al alle als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een en er ge geen
        had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je kan kon kunnen maar me meer men met
        mij mijn moet na naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen toch toen tot u uit uw
        van veel voor waar waarom wanneer want waren was wat we wel welke werd wezen wie wij wil worden wordt zal ze
        zelf zich zij zijn zo zonder zou""".split()
    ),
    "pt": frozenset(
        """a ao aos as até com como da das de dela delas dele deles depois do dos e é ela elas ele eles em entre era
        eram essa essas esse esses esta está estão estas este estes eu foi foram há isso isto já lhe lhes mais mas me
        mesmo meu minha muito na não nas nem no nos nós nossa nosso num numa o onde os ou para pela pelas pelo pelos
        por porque qual quais quando quanto que quem são se seja sem ser será seu seus só sob sobre sua suas também te
        tem têm tinha tu um uma umas uns você vocês""".split()
    ),
}

QUESTION_WORDS: frozenset[str] = frozenset(
    """who whom whose what when where why which how wer wen wem wessen was wann wo warum wieso weshalb welche welcher
    welches wie quién qué cuándo dónde cuál cómo cuánto qui quoi quand où pourquoi comment combien quel quelle chi cosa
    quando dove perché quale come quanto wie wat wanneer waar waarom hoe quem onde""".split()
)
"""Words that make a question; they never occur in its answer for their own sake."""
