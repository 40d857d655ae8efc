package millrace.tests.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.Utils;

/// One connection to a broker that speaks Kafka's protocol request by request, without a client's background
/// threads.
///
/// A script needs that: a client heartbeats, fetches ahead and reconnects on its own, so that nobody could say at
/// which moment of a script something happened. Requests and answers are Kafka's own classes. One thread at a
/// time.
final class Wire implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private int lastCorrelation;

    Wire(String bootstrap) {
        try {
            int colon = bootstrap.lastIndexOf(':');
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(
                    bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1))));
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a request at its newest version and waits for the answer.
    <T extends AbstractResponse> T call(AbstractRequest.Builder<?> request, Class<T> answer) {
        return receive(send(request), answer);
    }

    /// Sends a request without waiting; the answers come in the order of the requests.
    RequestHeader send(AbstractRequest.Builder<?> builder) {
        AbstractRequest request = builder.build();
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "script", ++lastCorrelation);
        byte[] bytes = Utils.toArray(request.serializeWithHeader(header));
        try {
            out.write(ByteBuffer.allocate(4 + bytes.length)
                    .putInt(bytes.length)
                    .put(bytes)
                    .array());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return header;
    }

    /// Waits for the answer to an earlier [#send].
    <T extends AbstractResponse> T receive(RequestHeader header, Class<T> answer) {
        try {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return answer.cast(AbstractResponse.parseResponse(ByteBuffer.wrap(bytes), header));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether an answer, or a part of one, has arrived.
    boolean hasAnswer() {
        try {
            return in.available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether a broker that has just started asks to be asked again.
    static boolean coordinatorIsStarting(Errors error) {
        return error == Errors.COORDINATOR_LOAD_IN_PROGRESS
                || error == Errors.COORDINATOR_NOT_AVAILABLE
                || error == Errors.NOT_COORDINATOR;
    }

    /// Ends the connection as the death of its process would: with a reset, and without a word.
    void cut() {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
