package millrace.proto;

/// A blob cannot be had, or what was had is not the blob. The message names its digest.
public final class BlobMissing extends Exception {
    private static final long serialVersionUID = 1L;

    public BlobMissing(Blob blob, String why) {
        super("blob " + blob.hex() + " (" + blob.bytes() + " bytes): " + why);
    }
}
