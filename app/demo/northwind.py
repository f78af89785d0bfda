"""Northwind Mutual, an insurer of our invention: its people, who takes part, and how each pair fares."""

from dataclasses import dataclass

ORGANISATION_ID = "org_00000000000000000n0rthw1nd"
NAME = "Northwind Mutual"
# Its name until everything is in place: a start that was killed half-way is found by it, and goes on.
NAME_IN_THE_MAKING = f"{NAME} (in the making)"

ADMINISTRATOR, COORDINATOR, SERVICE_ACCOUNT = 5, 23, "northwind-hris"

# number, given name, family name, title, rank level, department, number of the manager, zone
PEOPLE = (
    (1, "Ingrid", "Halvorsen", "Chief executive", 10, "Executive office", None, "Europe/Oslo"),
    (2, "Marcus", "Okafor", "Chief claims officer", 9, "Claims", 1, "Europe/London"),
    (3, "Hélène", "Marchand", "Chief underwriting officer", 9, "Underwriting", 1, "Europe/Paris"),
    (4, "Rajiv", "Menon", "Chief digital officer", 9, "Digital", 1, "Europe/London"),
    (5, "Birgit", "Sandström", "People director", 8, "People", 1, "Europe/Stockholm"),
    (6, "Tomás", "Ferreira", "Finance director", 8, "Finance", 1, "Europe/Lisbon"),
    (7, "Aoife", "Gallagher", "Director of customer care", 7, "Customer care", 1, "Europe/Dublin"),
    (8, "Jürgen", "Weiss", "Director of actuarial services", 7, "Actuarial", 1, "Europe/Berlin"),
    (9, "Priscilla", "Adeyemi", "Head of major losses", 6, "Claims", 2, "Europe/London"),
    (10, "Sven", "Lindqvist", "Head of motor claims", 6, "Claims", 2, "Europe/Stockholm"),
    (11, "Camille", "Duret", "Head of property", 6, "Underwriting", 3, "Europe/Paris"),
    (12, "Giorgos", "Papadakis", "Head of marine", 6, "Underwriting", 3, "Europe/Athens"),
    (13, "Nadia", "Rahman", "Head of platforms", 6, "Digital", 4, "Europe/London"),
    (14, "Wojciech", "Zieliński", "Head of data", 6, "Digital", 4, "Europe/Warsaw"),
    (15, "Carmen", "Iglesias", "Head of reporting", 6, "Finance", 6, "Europe/Madrid"),
    (16, "Declan", "Byrne", "Head of contact centres", 6, "Customer care", 7, "Europe/Dublin"),
    (17, "Anneliese", "Vogt", "Head of pricing", 6, "Actuarial", 8, "Europe/Berlin"),
    (18, "Samuel", "Osei", "Claims team lead", 5, "Claims", 9, "Europe/London"),
    (19, "Linnea", "Berg", "Motor team lead", 5, "Claims", 10, "Europe/Stockholm"),
    (20, "Bastien", "Leroux", "Property team lead", 5, "Underwriting", 11, "Europe/Paris"),
    (21, "Yasmin", "Haddad", "Product team lead", 5, "Digital", 13, "Europe/London"),
    (22, "Mateusz", "Kowal", "Data team lead", 5, "Digital", 14, "Europe/Warsaw"),
    (23, "Fiona", "MacLeod", "Learning lead", 5, "People", 5, "Europe/London"),
    (24, "Inês", "Carvalho", "Reporting team lead", 5, "Finance", 15, "Europe/Lisbon"),
    (25, "Ciara", "Nolan", "Contact centre lead", 5, "Customer care", 16, "Europe/Dublin"),
    (26, "Kofi", "Mensah", "Claims handler", 3, "Claims", 18, "Europe/London"),
    (27, "Freja", "Nyström", "Claims handler", 2, "Claims", 19, "Europe/Stockholm"),
    (28, "Louis", "Garnier", "Underwriter", 3, "Underwriting", 20, "Europe/Paris"),
    (29, "Amira", "Belkacem", "Assistant underwriter", 2, "Underwriting", 20, "Europe/Paris"),
    (30, "Zoe", "Whitfield", "Product designer", 3, "Digital", 21, "Europe/London"),
    (31, "Arjun", "Pillai", "Software engineer", 3, "Digital", 21, "Europe/London"),
    (32, "Hanna", "Wójcik", "Data analyst", 3, "Digital", 22, "Europe/Warsaw"),
    (33, "Oskar", "Lis", "Data engineer", 2, "Digital", 22, "Europe/Warsaw"),
    (34, "Maeve", "Kinsella", "Learning designer", 3, "People", 23, "Europe/Dublin"),
    (35, "Rui", "Matos", "Financial analyst", 3, "Finance", 24, "Europe/Lisbon"),
    (36, "Beatriz", "Nunes", "Accounting associate", 2, "Finance", 24, "Europe/Lisbon"),
    (37, "Niamh", "Doyle", "Customer adviser", 2, "Customer care", 25, "Europe/Dublin"),
    (38, "Conor", "Walsh", "Social media adviser", 3, "Customer care", 25, "Europe/Dublin"),
    (39, "Lena", "Hoffmann", "Actuarial analyst", 3, "Actuarial", 17, "Europe/Berlin"),
    (40, "Emre", "Yildiz", "Actuarial apprentice", 1, "Actuarial", 17, "Europe/Berlin"),
)

# Who mentors: what they can teach, and what they say openly that they cannot.
MENTORS = {
    30: (("Accessible design", "Prototyping with customers"), ("Insurance law",)),
    31: (("Working with language models", "How software is shipped"), ("Budgets",)),
    32: (("Reading a dashboard", "Asking data the right question"), ("Reinsurance",)),
    38: (("Social media for public relations", "Answering critics in public"), ("Underwriting",)),
    37: (("What customers say on the phone", "Chat and messaging"), ("Strategy",)),
    28: (("Online collaboration tools", "Remote team habits"), ("Accounting",)),
    26: (("Automation of small claims", "Inclusion as newcomers see it"), ("Board procedure",)),
    39: (("Climate data", "Notebooks instead of spreadsheets"), ("Sales",)),
    40: (("How school leavers choose employers",), ("Pricing",)),
    34: (("Learning in small pieces", "Video that people watch"), ("Claims",)),
}
# Who learns, and what.
MENTEES = {
    2: ("Working with language models", "How software is shipped"),
    3: ("Asking data the right question", "Climate data"),
    6: ("Social media for public relations",),
    8: ("Accessible design", "What customers say on the phone"),
    9: ("Working with language models", "Notebooks instead of spreadsheets"),
    7: ("Automation of small claims", "Remote team habits"),
    10: ("Learning in small pieces",),
    15: ("Video that people watch", "Online collaboration tools"),
    4: ("Inclusion as newcomers see it", "What customers say on the phone"),
    11: ("Social media for public relations",),
    12: ("Online collaboration tools",),
}
# Who has no partner (yet): the side they take, and the last step of their enrolment.
WAITING = {
    40: ("mentor", "ready"),
    27: ("mentor", "approve"),
    11: ("mentee", "waitlist"),
    12: ("mentee", "review"),
    16: ("mentee", "invite"),
    33: ("mentor", "decline"),
}


ACHIEVED = 100


@dataclass(frozen=True)
class Story:
    """How one pair fares: who they are, what happened, and where it stands."""

    mentor: int
    mentee: int
    goal: str
    measure: str
    # Days from today and the focus rating of each session: rated ones took place.
    sessions: tuple[tuple[int, int | None], ...] = ((-28, 4), (-14, 5), (1, None), (15, None))
    progress: int = 40
    win: str = ""
    # The steps after the first meeting, in their order.
    ending: tuple[str, ...] = ()


# The first pair's partners hold the keys `mentor` and `mentee`.
STORIES = (
    Story(
        31,
        2,
        "Draft a claims letter with a language model, and judge it",
        "Three letters that the quality team accepts unseen",
        ((-28, 4), (-14, 5), (1, None), (15, None)),
        65,
        "Marcus found the invented clause before Arjun did.",
    ),
    Story(
        32,
        3,
        "Read the portfolio dashboard without help",
        "Hélène presents it to the board herself",
        ((-27, 3), (-13, 5), (2, None)),
        50,
        "The first filter that Hélène built is now in the monthly pack.",
    ),
    Story(
        38,
        6,
        "Answer one critical comment in public each week",
        "Eight answers, none of them rewritten by the press office",
        ((-26, 5), (-12, 4), (3, None), (17, None)),
        75,
        "Tomás answered a complaint at noon and had a thank-you by one.",
    ),
    Story(
        30,
        8,
        "Make the pricing tool usable by keyboard alone",
        "An audit without a blocking fault",
        ((-25, 2), (4, None)),
        20,
    ),
    Story(39, 9, "Replace the loss spreadsheet by a notebook", "Two quarters computed both ways, equal"),
    Story(26, 7, "See where small claims wait", "A map of the path that both sign", ((-24, 4),), 30, ending=("pause",)),
    Story(
        28,
        15,
        "Run a month-end close without e-mail",
        "Every step of it on one shared board",
        ((-29, 5), (-15, 5)),
        100,
        "Month-end closed a day early.",
        ("begin_closing", "complete"),
    ),
    Story(37, 4, "Listen to ten calls a month", "Notes that both discuss", (), 0, ending=("end_early",)),
)
# Proposed, and signed by the mentor alone so far.
UNSIGNED = (34, 10)
