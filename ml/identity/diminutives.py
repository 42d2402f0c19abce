"""English short forms of given names that neither begin like them nor look like them."""

import pandas as pd

_SHORT_FORMS = {
    "abigail": "gail",
    "alexander": "sasha xander",
    "amanda": "mandy",
    "andrew": "andy",
    "anthony": "tony",
    "barbara": "babs",
    "charles": "chas chip chuck",
    "charlotte": "lottie",
    "christina": "tina",
    "cynthia": "cindy",
    "david": "dave",
    "deborah": "debbie",
    "dorothy": "dolly dot dottie",
    "edward": "eddie ned",
    "eleanor": "ellie nell nellie",
    "elizabeth": "bess beth betsy betty libby lizzie liz lisbeth",
    "frances": "fanny",
    "gerald": "jerry",
    "harriet": "hattie",
    "henry": "hank harry",
    "isabella": "bella",
    "jacqueline": "jackie",
    "james": "jim jimmy",
    "john": "jack",
    "joseph": "joe joey",
    "katherine": "kate kathy katie kay kit kitty",
    "lawrence": "larry",
    "margaret": "daisy maggie maisie meg peg peggy",
    "martha": "mattie",
    "mary": "mamie molly polly",
    "michael": "mick mickey mike",
    "nicholas": "nick nicky",
    "patricia": "patty trish",
    "penelope": "penny",
    "philip": "pip",
    "rebecca": "becky",
    "richard": "dick rick ricky",
    "robert": "bob bobby",
    "sarah": "sadie sally",
    "stephen": "steve",
    "susan": "susie suzy",
    "theodore": "ted teddy",
    "theresa": "terri tess",
    "thomas": "tom tommy",
    "timothy": "timmy",
    "victoria": "tori vicky",
    "virginia": "ginny",
    "walter": "wally",
    "william": "bill billy liam willy",
}
_FULL_FORMS = {
    short: full for full, short_forms in _SHORT_FORMS.items() for short in short_forms.split()
}


def full_forms(given: pd.Series) -> pd.Series:
    """Return given names with those that are short ones in full; ``given`` are plain."""
    return given.map(_FULL_FORMS).fillna(given)
