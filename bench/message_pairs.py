"""500 pairs of made-up posts, each with what a person says of it: one message, or two.

They were written before any number of `monitor/core/messages.py` was chosen. Half are one message: bridged
copies, one article under several addresses, cross-posts, syndicated stories. The other half only look alike:
slogans, the campaign's suggested words passed on by many, headlines of different events, news that goes on,
notices from one template, and people who say a thing again.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import NamedTuple

from monitor.core.model import Author, Post, PostKind

START = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Pair(NamedTuple):
    """Two posts, what kind of pair they are, and whether they are one message."""

    kind: str
    is_one: bool
    first: Post
    second: Post


# Headline, lead, and the rest, of stories that a press agency could sell.
STORIES = [
    ("Dagenham MP launches petition for 200 more police officers", "Dagenham MP Jon Cruddas has launched a petition that calls for 200 more police officers in east London.", "Residents of Dagenham and Rainham say that they no longer feel safe after dark. The petition had 1,450 signatures on Tuesday. A spokesperson for the Home Office said that the Met had more officers than ever. The survey behind the campaign found that 63 per cent of those asked had seen a crime in the past year."),
    ("Teenager jailed for nine years over Romford bus stabbing", "A 17-year-old who stabbed a passenger on the 174 bus in Romford has been jailed for nine years.", "Snaresbrook Crown Court heard that the victim, who was 34, needed three operations. Judge Helena Marsh said that the attack had been senseless. Detective Sergeant Alan Pike of the Met thanked the driver, who had locked the doors until officers arrived at the scene within six minutes."),
    ("Council spends £1.2m on cameras for Barking town centre", "Barking and Dagenham Council is to spend £1.2m on 84 new cameras for Barking town centre.", "The cameras will be watched day and night from a control room in the town hall. Cabinet member Syeda Noor said that traders had asked for them for years. Opposition councillors said that the money would have paid for 20 wardens. The first cameras go up on Station Parade in October."),
    ("Ilford shopkeepers form night patrol after spate of raids", "Shopkeepers in Ilford Lane have formed a night patrol after eleven raids in a month.", "Members carry torches and radios and call 999 if they see anything. Bakery owner Tariq Aziz, 52, said that he had lost £4,000 of stock in one night. Inspector Lena Hughes warned volunteers never to put themselves at risk, and promised that her team would be on the street more often."),
    ("Knife bins removed from Havering parks in budget cut", "Havering Council has removed all five knife bins from its parks to save £18,000 a year.", "Campaigners from Harold Hill called the decision a disgrace. More than 2,300 blades were left in the bins since 2021. A council spokeswoman said that surrendered knives could be handed in at Romford police station instead. The bins in Raphael Park were the last to go, on Friday morning."),
    ("Stolen phones worth £500,000 found in Rainham garage", "Detectives have found 740 stolen phones worth half a million pounds in a garage in Rainham.", "Two men aged 29 and 41 were arrested at an address in Upminster Road South. The phones had been taken from pockets all over London and wrapped in foil to block their signal. Officers believe that they were bound for Shenzhen. Owners are being told by letter how to collect what is theirs."),
    ("Street lights to stay on all night after Redbridge vote", "Redbridge councillors have voted to keep street lights on all night after a campaign by women in Wanstead.", "The lights had been dimmed from midnight to five since 2019 to save £90,000. Organiser Beth Coleman gathered 6,200 names on paper. Councillor Imran Shah said that safety could not be counted in kilowatts. Engineers will turn the dimmers off by the end of September, ward by ward."),
    ("Police station in Dagenham could reopen after ten years", "Dagenham's old police station could reopen ten years after its front counter was closed.", "The building in Rainham Road South was sold in 2016 but the flats planned for it were never built. City Hall has now asked for a valuation. Ward panel chair Morris Field said that people wanted a door to knock on. A decision is expected before Christmas, once the Mayor has seen the costs."),
    ("Moped gang made 58 robberies in a fortnight, court hears", "A gang on mopeds carried out 58 robberies in a fortnight across Newham and Redbridge, a court has heard.", "Prosecutor Neil Ashby told Wood Green Crown Court that the four men used false plates and hid the machines in Epping Forest. One victim, a nurse from Gants Hill, broke her wrist when her bag was torn away. The trial, which is due to last three weeks, continues on Monday."),
    ("Boxing club for young offenders wins £75,000 grant", "A boxing club in Chadwell Heath that works with young offenders has won a grant of £75,000.", "Head coach Delroy James said that the money would keep the doors open until 2028. Of the 120 members who came through the courts, only nine have offended again. The Princes Trust called the club a model for the country. A second ring will be built in the old laundry next door."),
    ("Graffiti tunnel in Hornchurch to be turned into gallery", "A tunnel in Hornchurch known for graffiti and drug dealing is to be turned into a gallery.", "Artists from the Queen's Theatre will paint 40 panels with children from six schools. Network Rail has agreed to new lights and a mirror at the bend. Commuter Priya Nair said that she had walked round it for years. The opening is planned for the second Saturday in August, with music."),
    ("Hospital guards to wear body cameras after assaults double", "Security guards at Queen's Hospital in Romford are to wear body cameras after assaults on staff doubled.", "The trust counted 412 attacks last year, most of them in the emergency department at night. Matron Grace Oduya said that nurses came to work expecting to be hit. Patients will be told by signs when they may be filmed. The cameras cost £31,000 and arrive on 1 July."),
    ("Fly-tippers fined £10,000 after drone follows their van", "Two fly-tippers have been fined £10,000 after a drone followed their van through Thames Road in Barking.", "The men left 14 mattresses and a boiler behind a primary school. Environment officer Colin Tate said that it was the first case of its kind in London. Barkingside magistrates ordered the van to be crushed. The council hopes to buy two more drones from the proceeds of fines."),
    ("Vigil held for Goodmayes cyclist killed in hit and run", "More than 300 people have held a vigil for a cyclist who was killed in a hit and run in Goodmayes.", "Teacher Samuel Owusu, 38, was on his way home from Mayfield School when a grey BMW struck him. His sister asked the driver to come forward for the sake of his two daughters. Police are going through film from 60 doorbells. Flowers lined the railings along Green Lane on Sunday."),
    ("Half of burglaries in east London never visited by officers", "Officers visited fewer than half of the homes that were burgled in east London last year, figures show.", "The numbers were released to the Liberal Democrats on the London Assembly. In Havering 51 per cent of victims were given a reference by phone and nothing more. Commander Ruth Bowen said that every report was assessed. Pensioner Iris Cole, 81, from Elm Park waited eleven days for a call."),
]  # fmt: skip
SITES = ["Romford Recorder", "Barking & Dagenham Post", "Ilford Recorder", "MyLondon", "Evening Standard",
         "Yahoo News UK", "Havering Daily", "London World", "The Standard", "Newham Recorder"]  # fmt: skip
THOUGHTS = [
    "Stood with the team outside Heathway station all morning. People want officers on the beat, not promises. #CallingTimeOnCrime",
    "My mum will not walk to the shop after four any more. That is what this is about. Sign it: https://example.org/petition #CallingTimeOnCrime",
    "Third bike gone from our block this month and nobody has been to look. #CallingTimeOnCrime",
    "Good turnout in Rainham village hall tonight, standing room only, and not one person said things were fine #CallingTimeOnCrime",
    "The survey takes two minutes, I have just done mine on the bus. Do it for your street. #CallingTimeOnCrime",
    "Asked at the ward panel when we get our second PCSO back. Answer: no date. #CallingTimeOnCrime",
    "Proud of the sixth formers from Eastbrook who collected 212 signatures on paper in the rain!",
    "If you saw what happened by the Chequers last night please ring 101, the lad's family need answers #CallingTimeOnCrime",
    "Dagenham deserves better than a police counter that is open for three hours on a Wednesday.",
    "Delivered 600 leaflets in Becontree today, sore feet but lovely people 🦶 #CallingTimeOnCrime",
]  # fmt: skip
PEOPLE = ["rosa.marten", "dagenhamdave", "becontree_mum", "paulineharris", "kofi_mensah", "elmparkneil",
          "sadiaahmed", "tombarking", "rainhamresidents", "heathwaytraders"]  # fmt: skip
_numbers = count(1)


def a_social(platform: str, handle: str, text: str, after: timedelta = timedelta(), **more: object) -> Post:
    number = next(_numbers)
    usual: dict[str, object] = {
        "platform": platform, "id": f"{platform}-{number}", "url": f"https://{platform}.example/{handle}/{number}",
        "author": Author(id=f"{platform}/{handle}", handle=handle), "text": text, "created_at": START + after,
    }  # fmt: skip
    return Post(**usual | more)  # type: ignore[arg-type]


def an_article(
    site: str,
    headline: str,
    body: str = "",
    after: timedelta = timedelta(),
    url: str = "",
    platform: str = "feeds",
) -> Post:
    number = next(_numbers)
    host = "".join(letter for letter in site.casefold() if letter.isalnum())
    url = url or f"https://www.{host}.co.uk/news/{number}.{'-'.join(headline.casefold().split()[:6])}"
    return Post(
        platform=platform, id=f"{platform}-{number}", url=url, author=Author(id=site, name=site),
        text=f"{headline}\n{body}".strip(), created_at=START + after, kind=PostKind.ARTICLE,
    )  # fmt: skip


def bluesky_handle(name: str) -> str:
    return f"{name.replace('_', '-').replace('.', '')}.bsky.social"


def bridged_to_mastodon() -> Iterator[tuple[Post, Post]]:
    """Yield Bluesky's posts and what the bridge makes of them: whole, in other spaces, with a link cut."""
    changes: list[Callable[[str], str]] = [
        lambda text: text, lambda text: text.replace("https://", ""), lambda text: text.replace(". ", ".\n"),
        lambda text: f"{text}\nRE: https://bsky.app/profile/x.example/post/3k",
    ]  # fmt: skip
    for (who, text), change in product(zip(PEOPLE, THOUGHTS, strict=True), changes):
        number = next(_numbers)
        own = f"https://bsky.app/profile/did:plc:{number:024}/post/3m{number}"
        first = a_social("bluesky", bluesky_handle(who), text, url=own)
        yield first, a_social("mastodon", f"{bluesky_handle(who)}@bsky.brid.gy", change(text), copy_of=own)


def bridged_to_bluesky() -> Iterator[tuple[Post, Post]]:
    """Yield posts of Mastodon and the bridge's copies, which are cut at 300 characters; names may be gone."""
    for (who, text), long in product(zip(PEOPLE, THOUGHTS, strict=True), (False, True, True, False)):
        words = f"{text} {THOUGHTS[0]} {THOUGHTS[2]} {THOUGHTS[5]}" if long else text
        first = a_social("mastodon", f"{who}@social.example", words)
        cut = words if len(words) <= 300 else f"{words[:280]} […]\n\n[Original post on social.example]"
        name = f"{who.replace('_', '-')}.social.example.ap.brid.gy"
        second = a_social("bluesky", name, cut, copy_of=first.url)
        yield first, replace(second, author=replace(second.author, handle=name if long else None))


def one_article() -> Iterator[tuple[Post, Post]]:
    """Yield an article under two addresses or from two feeds."""
    for n, (headline, lead, rest) in enumerate(STORIES[:10]):
        site = SITES[n]
        first = an_article(site, headline, lead)
        yield (
            first,
            an_article(site, headline, f"{lead} {rest}", url=f"{first.url}?utm_source=rss&utm_medium=feed"),
        )
        yield first, an_article(site, headline, lead, url=first.url.replace("https://www.", "http://") + "/")
        google = f"https://news.google.com/rss/articles/CBMi{next(_numbers)}?oc=5"
        yield first, an_article(site, f"{headline} - {site}", url=google)
        yield (
            first,
            an_article(first.url.split("/")[2], headline, url=f"{first.url}#comments", platform="gdelt"),
        )
        second = an_article(f"{site} | Crime", headline, lead, url=first.url.replace("/news/", "/crime/"))
        yield first, replace(second, created_at=first.created_at + timedelta(minutes=4))


def cross_posts() -> Iterator[tuple[Post, Post]]:
    """Yield one person's words on two platforms."""
    ways: list[tuple[str, str, Callable[[str], str], Callable[[str], str], timedelta]] = [
        ("mastodon", "bluesky", lambda who: f"{who}@mas.example", bluesky_handle, timedelta(minutes=1)),
        ("bluesky", "x", bluesky_handle, lambda who: who.replace(".", "_").title(), timedelta(minutes=45)),
        ("threads", "mastodon", lambda who: who, lambda who: f"{who.replace('.', '')}@mas.example", 5 * HOUR),
        ("x", "threads", lambda who: who.replace(".", ""), lambda who: who, 20 * HOUR),
    ]  # fmt: skip
    for (who, text), (one, two, first, second, after) in product(zip(PEOPLE, THOUGHTS, strict=True), ways):
        yield a_social(one, first(who), text), a_social(two, second(who), text, after)
    for who, text in zip(PEOPLE, THOUGHTS, strict=True):
        first_post = a_social("mastodon", f"{who}@mas.example", text)
        yield first_post, a_social("x", who.replace(".", "_"), f"{text.upper()} https://t.example/a1", HOUR)
        yield first_post, a_social("bluesky", bluesky_handle(who), f"{text} #Dagenham #Police", HOUR)


def syndicated() -> Iterator[tuple[Post, Post]]:
    """Yield a story on two sites: as it is, cut, under another headline, with a word or an opening of theirs."""
    for n, (headline, lead, rest) in enumerate(STORIES):
        one, two = SITES[n % 10], SITES[(n + 3) % 10]
        first = an_article(one, headline, f"{lead} {rest}")
        yield first, an_article(two, f"{headline} | {two}", lead, n * HOUR)
        yield first, an_article(two, f"'{headline}'", f"{lead} {rest}", 2 * DAY)
        other = lead.rstrip(".").split(" after ")[0]
        yield first, an_article(two, f"{other}, say locals", f"{lead} {rest}", 3 * HOUR)
        yield (
            first,
            an_article(
                two, f"{headline}: all we know", f"Local news. {lead} {rest} Read more on our site.", 6 * HOUR
            ),
        )


SLOGANS = ["Enough is enough. #CallingTimeOnCrime", "#CallingTimeOnCrime", "More police on our streets now! #CallingTimeOnCrime",
           "Signed! #CallingTimeOnCrime", "Time's up for crime in Dagenham #CallingTimeOnCrime"]  # fmt: skip
KIT = [
    "I've signed the petition for more police in Dagenham and Rainham. It took me a minute. Will you? https://example.org/petition #CallingTimeOnCrime",
    "Crime is up and officers are down. Tell the Home Secretary that we want our police back: https://example.org/petition?s=kit-2 #CallingTimeOnCrime",
    "We surveyed 1,000 neighbours. Two in three don't feel safe after dark. Share if you agree. #CallingTimeOnCrime",
    "East London needs its share of the 13,000 new neighbourhood officers. Add your name. #CallingTimeOnCrime",
]  # fmt: skip
OTHERS = ["rosa.marsden", "dagenhamdan", "becontree_dad", "paulharris", "kofi_annor", "elmparknora",
          "sadiakhan", "tomromford", "rainhamtraders", "heathwaylocals"]  # fmt: skip


def slogans() -> Iterator[tuple[Post, Post]]:
    for n, ((one, two), slogan) in enumerate(product(zip(PEOPLE, OTHERS, strict=True), SLOGANS)):
        platform = ("bluesky", "mastodon", "x")[n % 3]
        yield (
            a_social("mastodon", f"{one}@mas.example", slogan),
            a_social(platform, two, slogan, n * HOUR / 4),
        )


def kit_texts() -> Iterator[tuple[Post, Post]]:
    for n, ((one, two), text) in enumerate(product(zip(PEOPLE, OTHERS, strict=True), KIT)):
        added = text if n % 3 else f"{text} Please do this!"
        first = a_social("bluesky", bluesky_handle(one), text)
        yield first, a_social(("x", "mastodon", "threads")[n % 3], two, added, n * HOUR / 8)


EVENTS = [
    ("Man, {age}, arrested after stabbing in {place}", "A man of {age} was arrested after a stabbing in {street}, {place}, on {day}. The victim was taken to hospital, where his condition is not thought to be life-threatening. Anyone who saw what happened is asked to call 101, or Crimestoppers on 0800 555 111, with the reference {ref}. Officers remain at the scene and a cordon is in place while enquiries continue."),
    ("Police appeal after robbery in {place}", "Police are appealing for witnesses after a robbery in {street}, {place}, on {day}. The victim, who is {age}, was threatened by two men in dark clothing who took a phone and a bank card. Anyone who saw what happened is asked to call 101, or Crimestoppers on 0800 555 111, with the reference {ref}. There have been no arrests and enquiries continue."),
    ("Teenager charged with possession of knife in {place}", "A teenager of {age} has been charged with possession of a knife in {street}, {place}, on {day}. He will appear before Barkingside magistrates next week. Anyone with information about knife crime is asked to call 101, or Crimestoppers on 0800 555 111, with the reference {ref}. The arrest was made by officers of the local neighbourhood team on patrol."),
]  # fmt: skip
DETAILS = [
    ("19", "Barking", "Axe Street", "Monday", "CAD 3310/12MAY"), ("24", "Romford", "South Street", "Tuesday", "CAD 711/2JUN"),
    ("17", "Ilford", "Cranbrook Road", "Saturday", "CAD 8205/30MAY"), ("31", "Dagenham", "Heathway", "Friday", "CAD 55/5JUN"),
    ("16", "Rainham", "Upminster Road", "Sunday", "CAD 6120/7JUN"), ("42", "Hornchurch", "Station Lane", "Thursday", "CAD 4471/4JUN"),
]  # fmt: skip


def told(event: tuple[str, str], details: tuple[str, ...]) -> tuple[str, str]:
    words = dict(zip(("age", "place", "street", "day", "ref"), details, strict=True))
    return event[0].format(**words), event[1].format(**words)


def alike_headlines() -> Iterator[tuple[Post, Post]]:
    """Yield news of two events, on one site or two, with their texts or as headlines alone."""
    for event in EVENTS:
        for n, (one, two) in enumerate(zip(DETAILS, DETAILS[1:] + DETAILS[:1], strict=True)):
            (head, text), (other_head, other_text) = told(event, one), told(event, two)
            yield an_article(SITES[n], head, text), an_article(SITES[n], other_head, other_text, n * 7 * HOUR)
            yield an_article(SITES[n], head), an_article(SITES[n + 1], other_head, after=n * 5 * HOUR)
            # The same place and headline, another day and another victim.
            again = (str(int(one[0]) + 3), one[1], two[2], two[3], two[4])
            same_head = "Police issue statement after night of violence in " + one[1]
            yield an_article(SITES[n], same_head, text), an_article(
                SITES[n + 1], same_head, told(event, again)[1], 30 * HOUR
            )  # fmt: skip
    for n, round_up in enumerate(["Crime round-up", "In court this week", "Letters to the editor", "Police blotter",
                                  "What the papers say", "Your views on crime in the borough"]):  # fmt: skip
        yield (
            an_article(SITES[n], round_up, "A " + STORIES[n][1]),
            an_article(SITES[n], round_up, STORIES[n + 1][1], 7 * DAY),
        )


FOLLOW_UPS = [
    ("Man charged with murder of Barking shopkeeper", "Man jailed for murder of Barking shopkeeper"),
    ("Girl, 14, missing from Dagenham", "Girl, 14, missing from Dagenham found safe"),
    ("Councillors to vote on cameras for Romford market", "Councillors vote against cameras for Romford market"),
    ("Petition for more police passes 1,000 signatures", "Petition for more police passes 5,000 signatures"),
    ("Police name victim of fatal stabbing in Ilford", "Police name suspect of fatal stabbing in Ilford"),
    ("Trial of moped gang begins at Snaresbrook", "Trial of moped gang collapses at Snaresbrook"),
    ("MP to meet Home Secretary over police cuts in Dagenham", "MP meets Home Secretary over police cuts in Dagenham"),
    ("Station Road reopens after gas leak in Hornchurch", "Station Road closed after gas leak in Hornchurch"),
    ("Rainham residents fear return of quad bikes", "Rainham residents celebrate end of quad bikes"),
    ("Two arrests after burglary at Dagenham school", "Third arrest after burglary at Dagenham school"),
]  # fmt: skip


def follow_ups() -> Iterator[tuple[Post, Post]]:
    for n, (before, after) in enumerate(FOLLOW_UPS):
        _, lead, rest = STORIES[n]
        later = rest.replace(" said that ", " has now confirmed to us that ")
        yield an_article(SITES[n], before), an_article(SITES[n], after, after=20 * HOUR)
        yield an_article(SITES[n], before), an_article(SITES[(n + 1) % 10], after, after=9 * HOUR)
        yield (
            an_article(SITES[n], before, lead),
            an_article(SITES[n], after, f"{after} yesterday. {later}", DAY),
        )
        first = a_social("x", PEOPLE[n], f"{before}: shocking #CallingTimeOnCrime")
        yield (
            first,
            a_social("bluesky", bluesky_handle(PEOPLE[n]), f"{after}: at last #CallingTimeOnCrime", DAY),
        )


NOTICES = [
    ("Public spaces protection order: {place}", "Notice is hereby given that the Council intends to make a public spaces protection order under section 59 of the Anti-social Behaviour, Crime and Policing Act 2014 for the area of {place} shown on the plan. The order would forbid drinking alcohol in {street} when asked to stop by an officer. Comments are to reach us by {day}. Copies of the order can be seen at the town hall in office hours. Reference {ref}."),
    ("Neighbourhood meeting in {place}", "Your local police team will hold a neighbourhood meeting in {place} at the community hall in {street} on {day} at seven in the evening. Come along to meet your officers, hear what they have been doing and tell us what matters to you. You can also set the priorities for the next three months. There is no need to book and the hall has step-free access. Reference {ref}."),
    ("Have your say on safety in your area", "We want to hear what you think about crime and safety in {place}. Fill in the survey at the library in {street} or online by {day}. Your answers help us and the police decide where to put wardens, cameras and lights. The survey takes five minutes and is anonymous. A report will go to the community safety partnership in the autumn. Reference {ref}."),
]  # fmt: skip
BODIES = ["Barking and Dagenham Council", "Havering Council", "Redbridge Council", "Met Police Havering",
          "Newham Council", "Thurrock Council"]  # fmt: skip


def notices() -> Iterator[tuple[Post, Post]]:
    for notice in NOTICES:
        for n, (one, two) in enumerate(zip(DETAILS, DETAILS[2:] + DETAILS[:2], strict=True)):
            (head, text), (other_head, other_text) = told(notice, one), told(notice, two)
            yield (
                an_article(BODIES[n], head, text),
                an_article(BODIES[n], other_head, other_text, n * 3 * HOUR),
            )
            yield (
                an_article(BODIES[n], head, text),
                an_article(BODIES[n - 1], other_head, other_text, 2 * DAY),
            )
    for n in range(4):
        text = NOTICES[1][1].format(place="the town", street="the square", day="{day}", ref="as above")
        first = an_article(BODIES[n], "Neighbourhood meeting", text.format(day="Monday"))
        yield first, an_article(BODIES[n], "Neighbourhood meeting", text.format(day="Thursday"), 3 * DAY)


def said_again() -> Iterator[tuple[Post, Post]]:
    """Yield one person's words on two days, or on one platform, and other words on another platform."""
    for n, (who, text) in enumerate(zip(PEOPLE, THOUGHTS, strict=True)):
        first = a_social("mastodon", f"{who}@mas.example", text)
        yield first, a_social("bluesky", bluesky_handle(who), text, (7 + n) * DAY)
        yield first, a_social("bluesky", bluesky_handle(who), THOUGHTS[n - 1], 2 * HOUR)


KINDS: list[tuple[Callable[[], Iterator[tuple[Post, Post]]], bool]] = [
    (bridged_to_mastodon, True), (bridged_to_bluesky, True), (one_article, True), (cross_posts, True),
    (syndicated, True), (slogans, False), (kit_texts, False), (alike_headlines, False), (follow_ups, False),
    (notices, False), (said_again, False),
]  # fmt: skip


def pairs() -> list[Pair]:
    """Return all pairs, in a fixed order."""
    return [
        Pair(kind.__name__.replace("_", " "), is_one, first, second)
        for kind, is_one in KINDS
        for first, second in kind()
    ]
