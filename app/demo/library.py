"""What the demonstration programme gives its people to read, and what it is after."""

PROGRAMME = {
    "name": "Reverse mentoring: fresh eyes",
    "purpose": (
        "Our leaders decide about things that our youngest colleagues know better: how customers write to us, what "
        "software can do now, what it is like to be new here. For six months each leader learns from one of them. "
        "The leader brings questions; the mentor brings what they know and how they see us."
    ),
    "objectives": [
        {"type": "digital_literacy", "description": "Every leader uses the tools that their teams use."},
        {"type": "inclusion", "description": "Leaders hear what newcomers meet with, from newcomers."},
        {"type": "generational_understanding", "description": "Both sides drop one belief about the other generation."},
    ],
}

TOPICS = {
    "Working with language models": "What they are good at, how they fail, and how to check them.",
    "Social media for public relations": "Tone, timing, and when to say nothing.",
    "Reading a dashboard": "From a chart to a question, and from a question to a chart.",
    "Online collaboration tools": "Boards, documents and chat instead of e-mail and meetings.",
    "Inclusion as newcomers see it": "What the first hundred days here feel like.",
}

# kind, audience, title, body
RESOURCES = (
    (
        "charter",
        "everyone",
        "Who does what",
        "The mentor is the junior partner: they choose the examples, set the pace and say when something is beyond "
        "them. The mentee is the senior partner: they ask, try things themselves and come prepared.\n\n"
        "Both keep the roles this way round in every session. Advice about the mentor's own career is welcome, at the "
        "mentor's request, in a part of the session that is set aside for it.\n\n"
        "Neither speaks about pay, promotion or appraisal. What is said stays between the two.",
    ),
    (
        "playbook",
        "mentor",
        "Your first three sessions",
        "1. Get to know each other. Ask what your partner put off learning, and why. Show one thing that you do every "
        "day, on your own screen, and let them do it on theirs. Agree on one goal, and on how you will both see that "
        "it is reached.\n"
        "2. Work on something real: a letter, a chart, a post that your partner has to write anyway. Keep your hands "
        "off the keyboard.\n"
        "3. Look back. What has your partner done since without you? If nothing, the step was too big: choose a "
        "smaller one.\n\n"
        "You need not know everything. “I don't know, let us find out” is a good sentence.",
    ),
    (
        "guide",
        "mentee",
        "How to learn from someone junior",
        "Say at the start what you do not know. It costs less than you fear, and it gives your mentor permission to "
        "be plain.\n\n"
        "Move the meeting only when you would move one with your own superior: two cancellations in a row end most "
        "pairs. Ask for the reason behind the steps. Try it alone before the next session, and tell your mentor what "
        "came of it.\n\n"
        "When you disagree, ask a question first.",
    ),
    (
        "training_module",
        "everyone",
        "Feedback that helps, in twenty minutes",
        "Name what you saw, what it did to you, and what you would like instead: three sentences, no adjectives. "
        "Practise on the last session: one thing to keep, one to change.\n\n"
        "In this programme feedback for your partner is signed and shown to them. Feedback on the programme is counted "
        "among that of many and never shown to your partner. You choose before you write.",
    ),
)

SPONSORS = (
    (1, "I take every question about this programme at the town hall, and I say what I learned.", "Open the kick-off"),
    (
        5,
        "Two hours a month are working time for both sides, whatever the quarter looks like.",
        "Put it in the staff rules",
    ),
)

# title, days from today, whether it is reached
MILESTONES = (
    ("Kick-off with all pairs", -80, True),
    ("Every pair has met twice", -10, True),
    ("Half-way check", 20, False),
    ("Closing event: what we learned", 90, False),
)

AGENDA = (
    ("What I tried since last time", "reverse", 10),
    ("Something real, hands on", "reverse", 35),
    ("Career questions", "reciprocal", 10),
)
