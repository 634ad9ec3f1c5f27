"""The same as chat.py, with asyncio.

    pip install "python-socketio[asyncio_client]"      # or Debian's python3-socketio and python3-aiohttp
    python chat_async.py http://localhost:3000 [room]
"""

import asyncio
import sys
import uuid

import socketio

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000"
room = sys.argv[2] if len(sys.argv) > 2 else str(uuid.uuid4())
agent = "b850bc30-45f8-0041-a00a-83df46d8555d"
me = str(uuid.uuid4())
heard = 0

sio = socketio.AsyncClient()


@sio.event
async def connect():
    await sio.emit("join", {"roomId": room, "agentId": agent, "since": heard})


@sio.on("messageBroadcast")
async def on_message(message):
    global heard
    if message["seq"] <= heard:
        return
    heard = message["seq"]
    print(f"{message['seq']} {message['senderName']}: {message['text']}", flush=True)


@sio.on("error")
async def on_error(error):
    print(error["details"]["hint"], file=sys.stderr, flush=True)


async def say(text):
    message = {"roomId": room, "text": text, "messageId": str(uuid.uuid4())}
    while True:
        try:
            return await sio.call("message", message, timeout=5)
        except (socketio.exceptions.SocketIOError, ValueError):
            await sio.sleep(1)


async def main():
    await sio.connect(url, auth={"entityId": me, "name": "Ada"})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        await say(line.strip())
    await sio.sleep(1)
    await sio.disconnect()


asyncio.run(main())
