using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Marks the methods that the compiler makes for <c>with</c> expressions of records as special, so that Get-Member does not list them.</summary>
/// <remarks>
/// Each record has a public method <c>&lt;Clone&gt;$</c>, which nobody can call by that name. Get-Member leaves out methods with the flag
/// SpecialName (ECMA-335 II.23.1.10), such as get_Name; the compiler finds the method by its name, with or without. One bit of each
/// row of the table MethodDef (II.22.26) changes.
/// </remarks>
public sealed class HideRecordClones : Task
{
    private const string MethodName = "<Clone>$";
    private const ushort SpecialName = 0x0800;
    private const int MethodTable = 6;

    /// <summary>The compiled assembly, which is changed in place.</summary>
    [Required]
    public string Assembly { get; set; }

    public override bool Execute()
    {
        byte[] file = File.ReadAllBytes(Assembly);
        int metadata = Metadata(file);
        int tables = metadata + Stream(file, metadata, "#~");
        int strings = metadata + Stream(file, metadata, "#Strings");

        // II.24.2.6: the sizes of heap indexes, which tables exist, and how many rows each has.
        byte heaps = file[tables + 6];
        ulong valid = BitConverter.ToUInt64(file, tables + 8);
        int[] rows = new int[64];
        int position = tables + 24;
        for (int table = 0; table < rows.Length; table++)
        {
            if ((valid >> table & 1) != 0)
            {
                rows[table] = BitConverter.ToInt32(file, position);
                position += 4;
            }
        }

        int text = (heaps & 1) != 0 ? 4 : 2, guid = (heaps & 2) != 0 ? 4 : 2, blob = (heaps & 4) != 0 ? 4 : 2;
        int field = Index(rows, 0, 4), method = Index(rows, 0, MethodTable), parameter = Index(rows, 0, 8);
        int scope = Index(rows, 2, 0, 1, 0x1a, 0x23), type = Index(rows, 2, 1, 2, 0x1b);
        int[] sizes = { 2 + text + 3 * guid, scope + 2 * text, 4 + 2 * text + type + field + method, field, 2 + text + blob, method };
        for (int table = 0; table < MethodTable; table++)
        {
            position += rows[table] * sizes[table];
        }

        int changed = 0;
        byte[] name = Encoding.UTF8.GetBytes(MethodName + "\0");
        for (int row = 0; row < rows[MethodTable]; row++, position += 8 + text + blob + parameter)
        {
            int at = strings + (text == 4 ? BitConverter.ToInt32(file, position + 8) : BitConverter.ToUInt16(file, position + 8));
            ushort flags = BitConverter.ToUInt16(file, position + 6);
            if ((flags & SpecialName) == 0 && name.SequenceEqual(file.Skip(at).Take(name.Length)))
            {
                BitConverter.GetBytes((ushort)(flags | SpecialName)).CopyTo(file, position + 6);
                changed++;
            }
        }

        if (changed > 0)
        {
            File.WriteAllBytes(Assembly, file);
        }

        return true;
    }

    // From the headers of the file (II.25) to the root of the metadata.
    private static int Metadata(byte[] file)
    {
        int header = BitConverter.ToInt32(file, 0x3c) + 4;
        int sections = BitConverter.ToUInt16(file, header + 2);
        int optional = header + 20;
        int directories = optional + (BitConverter.ToUInt16(file, optional) == 0x20b ? 112 : 96);
        int table = optional + BitConverter.ToUInt16(file, header + 16);
        int cli = Offset(file, table, sections, BitConverter.ToInt32(file, directories + 14 * 8));
        return Offset(file, table, sections, BitConverter.ToInt32(file, cli + 8));
    }

    private static int Offset(byte[] file, int table, int sections, int address)
    {
        for (int section = 0; section < sections; section++)
        {
            int at = table + section * 40;
            int start = BitConverter.ToInt32(file, at + 12);
            if (address >= start && address < start + BitConverter.ToInt32(file, at + 16))
            {
                return address - start + BitConverter.ToInt32(file, at + 20);
            }
        }

        throw new InvalidDataException("An address of the assembly is in none of its sections.");
    }

    // II.24.2.1: a version string, then the headers of the streams.
    private static int Stream(byte[] file, int metadata, string name)
    {
        int at = metadata + 16 + BitConverter.ToInt32(file, metadata + 12);
        int streams = BitConverter.ToUInt16(file, at + 2);
        at += 4;
        for (int stream = 0; stream < streams; stream++)
        {
            int end = Array.IndexOf(file, (byte)0, at + 8);
            if (Encoding.ASCII.GetString(file, at + 8, end - at - 8) == name)
            {
                return BitConverter.ToInt32(file, at);
            }

            at += 8 + (end - at - 8 + 4) / 4 * 4;
        }

        throw new InvalidDataException("The assembly has no stream " + name + ".");
    }

    // An index into several tables has bits that say which one.
    private static int Index(int[] rows, int bits, params int[] tables) =>
        tables.Max(table => rows[table]) < 1 << 16 - bits ? 2 : 4;
}
