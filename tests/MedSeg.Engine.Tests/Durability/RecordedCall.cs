using System.Text;

namespace MedSeg.Tests.Durability;

/// <summary>A call that changed files, as faults.c recorded it.</summary>
/// <param name="Kind">Which call.</param>
/// <param name="Path">The absolute path.</param>
/// <param name="Other">The second path of renames and links.</param>
/// <param name="Offset">Where bytes were written, the new length of a file, or 1 where opening cuts the file to nothing.</param>
/// <param name="Data">The bytes written.</param>
internal sealed record RecordedCall(CallKind Kind, string Path, string Other, long Offset, byte[] Data)
{
    /// <summary>Reads a record.</summary>
    /// <param name="file">The absolute path.</param>
    public static IReadOnlyList<RecordedCall> ReadAll(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        var calls = new List<RecordedCall>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var kind = (CallKind)reader.ReadByte();
            string path = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            string other = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            long offset = reader.ReadInt64();
            calls.Add(new RecordedCall(kind, path, other, offset, reader.ReadBytes(reader.ReadInt32())));
        }

        return calls;
    }
}
