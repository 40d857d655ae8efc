#!/usr/bin/env python3
"""Asks a Prometheus server, for the test of the compose file.

    prometheus.py URL value EXPRESSION          prints the value of each series, one a line; nothing where there is none
    prometheus.py URL panels DASHBOARD.json...  runs every query of every panel; fails where one returns no series

A panel whose figures come from elsewhere than the fleet (cAdvisor, a JMX exporter) is exempt where its description
says so: "Needs NAME.".
"""
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request


def ask(url, expression):
    query = urllib.parse.urlencode({"query": expression})
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query?{query}", timeout=10) as answer:
            result = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        raise ValueError(f"{expression}: {error.read().decode()}") from error
    return [series["value"][1] for series in result]


def filled(expression):
    """The query as Grafana sends it: its own variables by what a wide choice puts in their place."""
    expression = expression.replace("$__rate_interval", "1m").replace("$__range", "10m")
    return re.sub(r"\$(kernel|instance|topic)\b", ".*", expression)


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def check(url, files):
    asked, exempt, empty = 0, [], []
    for file in files:
        with open(file, encoding="utf-8") as text:
            dashboard = json.load(text)
        for panel in panels(dashboard):
            name = f"{dashboard['title']} / {panel['title']}"
            needs = re.search(r"\bNeeds ([^.]+)\.", panel.get("description", ""))
            if needs:
                exempt.append(f"{name} (needs {needs.group(1)})")
                continue
            for target in panel.get("targets", []):
                asked += 1
                if not ask(url, filled(target["expr"])):
                    empty.append(f"{name}: {target['expr']}")
    for name in exempt:
        print(f"exempt: {name}")
    for name in empty:
        print(f"no data: {name}")
    print(f"panels: {asked} queries, {asked - len(empty)} with data, {len(exempt)} panels exempt")
    return 0 if asked and not empty else 1


def main(arguments):
    match arguments:
        case [url, "value", expression]:
            print("\n".join(ask(url, expression)))
            return 0
        case [url, "panels", *files] if files:
            return check(url, files)
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
