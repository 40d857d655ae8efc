package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.v1.Sealed;
import org.junit.jupiter.api.Test;

/// Old and new processes read each other's records: compares the messages with the descriptor stored when they were last
/// changed. After an additive change, `-Dmillrace.wire.store=true` stores the new one.
class WireFormatTest {
    private static final Path STORED = Path.of("src/test/resources/millrace/proto/wire.txtpb");

    @Test
    void theMessagesAreCompatibleWithTheStoredOnes() throws IOException {
        var present = present();
        assertThat(breaks(stored(), present)).isEmpty();
        if (Boolean.getBoolean("millrace.wire.store")) {
            Files.writeString(STORED, TextFormat.printer().printToString(present));
        }
        assertThat(stored())
                .as("the messages have grown: run this test with -Dmillrace.wire.store=true and commit %s", STORED)
                .isEqualTo(present);
    }

    @Test
    void aBreakingChangeIsFound() throws IOException {
        var before = stored();
        var task = index(before, "Task");
        assertThat(breaks(
                        before,
                        edit(before, task, message -> message.getFieldBuilder(4).setNumber(40))))
                .containsExactly("Task.5 (first) is gone and not reserved");
        assertThat(breaks(
                        before,
                        edit(
                                before,
                                task,
                                message -> message.getFieldBuilder(4).setType(FieldDescriptorProto.Type.TYPE_STRING))))
                .containsExactly("Task.5 (first) was TYPE_INT64, is TYPE_STRING");
        assertThat(breaks(
                        before,
                        edit(
                                before,
                                task,
                                message -> message.getFieldBuilder(4)
                                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))))
                .containsExactly("Task.5 (first) was LABEL_OPTIONAL, is LABEL_REPEATED");
        assertThat(breaks(before, edit(before, task, message -> message.removeField(4))))
                .containsExactly("Task.5 (first) is gone and not reserved");
        assertThat(breaks(
                        before,
                        edit(
                                before,
                                task,
                                message -> message.removeField(4)
                                        .addReservedRange(DescriptorProto.ReservedRange.newBuilder()
                                                .setStart(5)
                                                .setEnd(6)))))
                .isEmpty();
        assertThat(breaks(before, before.toBuilder().removeMessageType(task).build()))
                .containsExactly("message Task is gone");
        var kinds = before.toBuilder();
        kinds.getEnumTypeBuilder(0).getValueBuilder(1).setNumber(99);
        assertThat(breaks(before, kinds.build())).hasSize(1);
    }

    private interface Edit {
        void apply(DescriptorProto.Builder message);
    }

    private static FileDescriptorProto edit(FileDescriptorProto file, int index, Edit edit) {
        var changed = file.toBuilder();
        edit.apply(changed.getMessageTypeBuilder(index));
        return changed.build();
    }

    private static int index(FileDescriptorProto file, String message) {
        return file.getMessageTypeList().stream()
                .map(DescriptorProto::getName)
                .toList()
                .indexOf(message);
    }

    private static FileDescriptorProto present() {
        return Sealed.getDescriptor().getFile().toProto();
    }

    private static FileDescriptorProto stored() throws IOException {
        return TextFormat.parse(Files.readString(STORED, StandardCharsets.UTF_8), FileDescriptorProto.class);
    }

    private static List<String> breaks(FileDescriptorProto before, FileDescriptorProto after) {
        var breaks = new ArrayList<String>();
        compareMessages("", before.getMessageTypeList(), after.getMessageTypeList(), breaks);
        compareEnums(before.getEnumTypeList(), after.getEnumTypeList(), breaks);
        return breaks;
    }

    private static void compareMessages(
            String prefix, List<DescriptorProto> before, List<DescriptorProto> after, List<String> breaks) {
        for (var old : before) {
            var name = prefix + old.getName();
            after.stream()
                    .filter(message -> message.getName().equals(old.getName()))
                    .findFirst()
                    .ifPresentOrElse(
                            message -> {
                                compareFields(name, old, message, breaks);
                                compareMessages(
                                        name + ".", old.getNestedTypeList(), message.getNestedTypeList(), breaks);
                            },
                            () -> breaks.add("message " + name + " is gone"));
        }
    }

    private static void compareFields(String name, DescriptorProto before, DescriptorProto after, List<String> breaks) {
        for (var old : before.getFieldList()) {
            var what = name + "." + old.getNumber() + " (" + old.getName() + ")";
            var field = after.getFieldList().stream()
                    .filter(candidate -> candidate.getNumber() == old.getNumber())
                    .findFirst();
            if (field.isEmpty()) {
                var reserved = after.getReservedRangeList().stream()
                        .anyMatch(range -> range.getStart() <= old.getNumber() && old.getNumber() < range.getEnd());
                if (!reserved) {
                    breaks.add(what + " is gone and not reserved");
                }
                continue;
            }
            var now = field.get();
            if (now.getType() != old.getType() || !now.getTypeName().equals(old.getTypeName())) {
                breaks.add(what + " was " + old.getType() + old.getTypeName() + ", is " + now.getType()
                        + now.getTypeName());
            }
            if (now.getLabel() != old.getLabel()) {
                breaks.add(what + " was " + old.getLabel() + ", is " + now.getLabel());
            }
            if (now.hasOneofIndex() != old.hasOneofIndex()) {
                breaks.add(what + " moved into or out of a oneof");
            }
        }
    }

    private static void compareEnums(
            List<EnumDescriptorProto> before, List<EnumDescriptorProto> after, List<String> breaks) {
        for (var old : before) {
            var now = after.stream()
                    .filter(candidate -> candidate.getName().equals(old.getName()))
                    .findFirst();
            for (var value : old.getValueList()) {
                if (now.isEmpty() || !now.get().getValueList().contains(value)) {
                    breaks.add("enum value " + value.getName() + " = " + value.getNumber() + " is gone");
                }
            }
        }
    }
}
