using System.Buffers.Binary;
using System.Text;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training.Runs;

/// <summary>Event files, read back by a reader of the format's own description.</summary>
public sealed class TensorBoardEventsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Scalars_are_read_back()
    {
        using (var events = new TensorBoardEvents(Path.Combine(_folder, "a", "b"), 1))
        {
            events.Write(1, [new("loss/training", 1.5), new("Dice Psoas ü", 0.25), new("nothing", double.NaN)]);
            events.Write(300, [new("loss/training", 0.75)]);
        }

        byte[] file = File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "a", "b"), "events.out.tfevents.*")));
        List<byte[]> records = Records(file);

        Assert.Equal(3, records.Count);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString((byte[])Fields(records[0]).Single(f => f.Number == 3).Value));
        Assert.Equal([(1, "loss/training", 1.5f), (1, "Dice Psoas ü", 0.25f), (300, "loss/training", 0.75f)], records.Skip(1).SelectMany(Scalars));
        double time = BitConverter.Int64BitsToDouble((long)(ulong)Fields(records[1]).Single(f => f.Number == 1).Value);
        Assert.Equal(DateTime.UtcNow, DateTime.UnixEpoch.AddSeconds(time), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void File_of_a_resumed_run_has_TensorBoard_discard_the_steps_that_it_writes_again()
    {
        new TensorBoardEvents(_folder, 1).Dispose();
        string first = Assert.Single(Directory.GetFiles(_folder));
        new TensorBoardEvents(_folder, 7).Dispose();

        List<byte[]> records = Records(File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder), path => path != first)));

        Assert.Single(Records(File.ReadAllBytes(first)));
        List<(int Number, object Value)> start = Fields(records[1]);
        Assert.Equal(7ul, start.Single(f => f.Number == 2).Value);
        Assert.Equal([(1, (object)1ul)], Fields((byte[])start.Single(f => f.Number == 7).Value));
    }

    [Fact]
    public void Two_files_of_one_folder_do_not_meet()
    {
        using var first = new TensorBoardEvents(_folder, 1);
        using var second = new TensorBoardEvents(_folder, 1);

        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Checksum_is_the_standards()
    {
        // RFC 3720, B.4: 32 bytes of zeros, of ones and ascending.
        Assert.Equal(Mask(0x8A9136AA), TensorBoardEvents.MaskedCrc(new byte[32]));
        Assert.Equal(Mask(0x62A8AB43), TensorBoardEvents.MaskedCrc([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(Mask(0x46DD794E), TensorBoardEvents.MaskedCrc([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));

        static uint Mask(uint crc) => ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(TensorBoardEvents.MaskedCrc(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            records.Add(file[(at + 12)..(at + 12 + length)]);
            Assert.Equal(TensorBoardEvents.MaskedCrc(records[^1]), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += length + 16;
        }

        return records;
    }

    private static IEnumerable<(int Step, string Tag, float Value)> Scalars(byte[] message)
    {
        List<(int Number, object Value)> fields = Fields(message);
        foreach ((_, object entry) in Fields((byte[])fields.Single(f => f.Number == 5).Value))
        {
            List<(int Number, object Value)> value = Fields((byte[])entry);
            yield return ((int)(ulong)fields.Single(f => f.Number == 2).Value, Encoding.UTF8.GetString((byte[])value.Single(f => f.Number == 1).Value), BitConverter.UInt32BitsToSingle((uint)(ulong)value.Single(f => f.Number == 2).Value));
        }
    }

    // Protocol buffers' wire format: varints, 8 bytes, lengths and 4 bytes.
    private static List<(int Number, object Value)> Fields(byte[] message)
    {
        var fields = new List<(int, object)>();
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint();
            switch (key & 7)
            {
                case 0:
                    fields.Add(((int)(key >> 3), Varint()));
                    break;
                case 1:
                    fields.Add(((int)(key >> 3), BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at))));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint();
                    fields.Add(((int)(key >> 3), message[at..(at + length)]));
                    at += length;
                    break;
                default:
                    fields.Add(((int)(key >> 3), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at))));
                    at += 4;
                    break;
            }
        }

        return fields;

        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = message[at++];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
