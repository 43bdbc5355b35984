"""Reads the well-formed cases by http.client: each line of stdin is one, and what is read otherwise is printed."""

import http.client
import json
import sys

for line in sys.stdin:
    case = json.loads(line)
    connection = http.client.HTTPConnection("127.0.0.1", case["port"], timeout=60)
    try:
        connection.request(case["method"], case["path"], body=b"x" * case["sends"] or None)
        response = connection.getresponse()
        got = [response.status, response.read().hex()]
        fields = [(name.lower(), value.encode("latin-1").strip(b" \t").hex()) for name, value in response.getheaders()]
        missing = [field for field in case["fields"] if tuple(field) not in fields]
        if got != [case["status"], case["body"]] or missing:
            print(case["name"], got[0], got[1][:200], "without", missing)
    except Exception as error:
        print(case["name"], repr(error))
    finally:
        connection.close()
