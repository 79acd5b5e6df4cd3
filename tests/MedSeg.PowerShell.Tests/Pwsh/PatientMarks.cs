using System.Text;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Patients' data that occur nowhere else, planted into DICOM files and looked for elsewhere.</summary>
internal static class PatientMarks
{
    private static readonly (byte[] Tag, string Value)[] s_marks =
    [
        ([0x08, 0x00, 0x20, 0x00], "19770707"),
        ([0x08, 0x00, 0x50, 0x00], "ACCQZX77"),
        ([0x08, 0x00, 0x90, 0x00], "Refq^Zxyqdoctor "),
        ([0x10, 0x00, 0x10, 0x00], "Zxyq^Secretpatient"),
        ([0x10, 0x00, 0x20, 0x00], "IDQZX-%"),
        ([0x10, 0x00, 0x30, 0x00], "19550505"),
        ([0x20, 0x00, 0x10, 0x00], "STUDQZX1"),
    ];

    /// <summary>Writes the marks into the elements of an explicit little endian file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="patient">Three letters that tell patients apart.</param>
    public static void Plant(string path, string patient)
    {
        byte[] content = File.ReadAllBytes(path);
        foreach ((byte[] tag, string mark) in s_marks)
        {
            string value = mark.Replace("%", patient + " ", StringComparison.Ordinal);

            // Tag, two letters of the VR, two bytes of length.
            int at = content.AsSpan().IndexOf(tag);
            int length = BitConverter.ToUInt16(content, at + 6);
            content = [.. content[..(at + 6)], .. BitConverter.GetBytes((ushort)value.Length), .. Encoding.ASCII.GetBytes(value), .. content[(at + 8 + length)..]];
        }

        File.WriteAllBytes(path, content);
    }

    /// <summary>Looks for the marks, in one or two bytes a letter, whole or their telling part.</summary>
    public static IEnumerable<string> Find(byte[] content) =>
        s_marks.SelectMany(m => m.Value.Trim(' ', '%').Split('^')).Where(part => Holds(content, part));

    private static bool Holds(byte[] content, string text) =>
        content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0 || content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
}
