using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>A lookup table from stored values (DICOM PS3.3, C.11.1.1 and C.7.6.3.1.5).</summary>
/// <param name="first">The stored value of the first entry; lower values map to the first entry.</param>
/// <param name="entries">The entries; higher stored values map to the last.</param>
internal sealed class LookupTable(int first, ushort[] entries)
{
    /// <summary>Gets the value for a stored value.</summary>
    public ushort this[int stored] => entries[Math.Clamp((long)stored - first, 0, entries.Length - 1)];

    /// <summary>Reads a table.</summary>
    /// <param name="dataset">The data set that contains it.</param>
    /// <param name="descriptor">The element with the number of entries, the first stored value and the bits per entry.</param>
    /// <param name="data">The element with the entries.</param>
    /// <param name="isSigned">Whether stored values are signed.</param>
    /// <param name="name">The name of the table, for messages.</param>
    /// <returns>The table.</returns>
    /// <exception cref="FileFormatException">The table is missing, inconsistent or of an unsupported kind.</exception>
    public static LookupTable Read(DicomDataset dataset, DicomTag descriptor, DicomTag data, bool isSigned, string name)
    {
        if (dataset.FindUInt16s(descriptor) is not [ushort stated, ushort first, ushort bits, ..] || bits is not (>= 8 and <= 16))
        {
            throw dataset.Source.Error(ErrorIds.DicomInvalid, $"The descriptor {descriptor} of the {name} is missing or invalid.", DicomAdvice.ExportAgain);
        }

        int count = stated == 0 ? 1 << 16 : stated;
        if (dataset.FindUInt16s(data) is not { Length: > 0 } words)
        {
            throw dataset.Source.Error(
                ErrorIds.DicomUnsupported, $"The {name} has no entries {data}, or is segmented, which is not supported.", DicomAdvice.ExportGrey);
        }

        // Entries of 8 bits may be packed two to a word.
        ushort[] entries = words.Length >= count ? words[..count] : Unpack(words, count);
        return entries.Length == count
            ? new LookupTable(isSigned ? (short)first : first, entries)
            : throw dataset.Source.Error(
                ErrorIds.DicomInvalid, $"The {name} has {words.Length} entries, but its descriptor states {count}: the file is damaged.", DicomAdvice.Damaged);
    }

    private static ushort[] Unpack(ushort[] words, int count)
    {
        ushort[] entries = new ushort[Math.Min(count, 2 * words.Length)];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = (ushort)((words[i / 2] >> (8 * (i & 1))) & 0xFF);
        }

        return entries;
    }
}
