using System.Buffers.Binary;
using System.Text.Json;
using MedSeg.Dicom.Codecs;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>A codestream that Data/make_reference.py made with OpenJPEG, and what OpenJPEG decodes it to.</summary>
internal sealed record ReferenceCase(string File, string Values, int Rows, int Columns, int Components, int Precision, bool Signed, int Tolerance)
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Dicom", "Jpeg2000", "Data");

    public static IReadOnlyDictionary<string, ReferenceCase> All { get; } = ReadManifest();

    public FrameShape Shape => new(Rows, Columns, Components);

    public byte[] ReadStream() => System.IO.File.ReadAllBytes(Path.Combine(s_folder, File));

    public int[] ReadValues()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(Path.Combine(s_folder, Values));
        int[] values = new int[bytes.Length / 2];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = bytes.AsSpan(2 * i);
            values[i] = Signed ? BinaryPrimitives.ReadInt16LittleEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value);
        }

        return values;
    }

    private static Dictionary<string, ReferenceCase> ReadManifest()
    {
        byte[] json = System.IO.File.ReadAllBytes(Path.Combine(s_folder, "manifest.json"));
        ReferenceCase[] cases = JsonSerializer.Deserialize<ReferenceCase[]>(json, JsonSerializerOptions.Web)!;
        return cases.ToDictionary(item => item.File);
    }
}
