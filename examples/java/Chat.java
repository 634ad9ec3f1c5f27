import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.json.JSONObject;

/**
 * Talk with an agent from Java. The server may be killed and started again meanwhile: nothing is missed, nothing comes twice.
 * Needs io.socket:socket.io-client 2.1 or newer.
 *
 * <pre>java Chat http://localhost:3000 [room]</pre>
 */
public class Chat {
  static final String AGENT = "b850bc30-45f8-0041-a00a-83df46d8555d"; // The built-in Eliza; GET /api/agents lists all.

  public static void main(String[] args) throws Exception {
    String url = args.length > 0 ? args[0] : "http://localhost:3000";
    String room = args.length > 1 ? args[1] : UUID.randomUUID().toString();
    String me = UUID.randomUUID().toString(); // Keep it, to be the same person next time.
    TreeSet<Integer> heard = new TreeSet<>(); // The `seq` of each message that was heard.

    IO.Options options = IO.Options.builder().setAuth(Map.of("entityId", me, "name", "Ada")).build();
    Socket socket = IO.socket(URI.create(url), options);
    CountDownLatch joined = new CountDownLatch(1);

    // Each connection is new to the server: it hears a room once it has joined. `since` brings what was said meanwhile.
    socket.on(Socket.EVENT_CONNECT, none -> {
      int since = heard.isEmpty() ? 0 : heard.last();
      JSONObject join = json(Map.of("roomId", room, "agentId", AGENT, "since", since));
      socket.emit("join", new Object[] {join}, (Ack) answer -> joined.countDown());
    });
    socket.on("messageBroadcast", sent -> {
      JSONObject message = (JSONObject) sent[0];
      if (heard.add(message.optInt("seq")))
        System.out.println(message.optString("senderName") + ": " + message.optString("text"));
    });
    socket.on("error", sent -> System.err.println(((JSONObject) sent[0]).optJSONObject("details")));
    socket.connect();
    joined.await(); // Before that the agent is not there yet.

    // What is sent without a connection is sent when it is back. With the same `messageId` it is stored once.
    Scanner lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      String id = UUID.randomUUID().toString();
      JSONObject message = json(Map.of("roomId", room, "text", lines.nextLine(), "messageId", id));
      socket.emit("message", new Object[] {message}, (Ack) answer -> {});
    }
    Thread.sleep(1000);
    socket.close();
    System.exit(0);
  }

  static JSONObject json(Map<String, ?> fields) {
    return new JSONObject(fields);
  }
}
