"""Talk with an agent from Python. The server may be killed and started again meanwhile: nothing is missed, nothing comes twice.

    pip install "python-socketio[client]"      # or Debian's python3-socketio and python3-websocket
    python chat.py http://localhost:3000 [room]
"""

import sys
import uuid

import socketio

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000"
room = sys.argv[2] if len(sys.argv) > 2 else str(uuid.uuid4())
agent = "b850bc30-45f8-0041-a00a-83df46d8555d"  # The built-in Eliza; GET /api/agents lists all.
me = str(uuid.uuid4())  # Keep it, to be the same person next time.
heard = set()  # The `seq` of each message that was heard.

sio = socketio.Client()


@sio.event
def connect():
    # Each connection is new to the server: it hears a room once it has joined. `since` brings what was said meanwhile.
    sio.emit("join", {"roomId": room, "agentId": agent, "since": max(heard, default=0)})


@sio.on("messageBroadcast")
def on_message(message):
    # python-socketio runs each handler in a thread of its own: two may swap places. `seq` is the order, and the same once more is no news.
    if message["seq"] in heard:
        return
    heard.add(message["seq"])
    sys.stdout.write(f"{message['seq']} {message['senderName']}: {message['text']}\n")
    sys.stdout.flush()


@sio.on("error")
def on_error(error):
    print(error["details"]["hint"], file=sys.stderr, flush=True)


def say(text):
    """Returns when the message is on disk. Sending it again is safe: it has the same `messageId`, and is stored once."""
    message = {"roomId": room, "text": text, "messageId": str(uuid.uuid4())}
    while True:
        try:
            return sio.call("message", message, timeout=5)
        except (socketio.exceptions.SocketIOError, ValueError):
            sio.sleep(1)


sio.connect(url, auth={"entityId": me, "name": "Ada"})
for line in sys.stdin:
    say(line.strip())
sio.sleep(1)
sio.disconnect()
