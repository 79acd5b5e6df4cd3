using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF64 shared library, marking one required symbol version as weak on the way.
/// </summary>
/// <remarks>
/// TorchSharp's native shim asks libstdc++ for GLIBCXX_3.4.32 on behalf of one symbol that is never called.
/// The dynamic loader refuses the library on systems whose libstdc++ is older, unless the requirement carries
/// VER_FLG_WEAK (System V ABI, symbol versioning: Elfxx_Vernaux.vna_flags). A library without that requirement is
/// copied as it is. The copy is a new file: the source may be hard-linked into the package cache.
/// </remarks>
public sealed class WeakenSymbolVersion : Task
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort FlagWeak = 0x2;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        byte[] elf = File.ReadAllBytes(Source);
        int changed = IsElf64LittleEndian(elf) ? Weaken(elf) : 0;
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));

        string partial = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(partial, elf);
        File.Copy(partial, Destination, true);
        File.Delete(partial);
        Log.LogMessage(MessageImportance.Low, "{0}: {1} requirement(s) of {2} made weak", Source, changed, SymbolVersion);
        return true;
    }

    private static bool IsElf64LittleEndian(byte[] elf)
    {
        return elf.Length > 64 && elf[0] == 0x7f && elf[1] == 'E' && elf[2] == 'L' && elf[3] == 'F' && elf[4] == 2 && elf[5] == 1;
    }

    private int Weaken(byte[] elf)
    {
        int changed = 0;
        long sections = BitConverter.ToInt64(elf, 0x28);
        int sectionSize = BitConverter.ToUInt16(elf, 0x3a);
        int sectionCount = BitConverter.ToUInt16(elf, 0x3c);
        for (int i = 0; i < sectionCount; i++)
        {
            int header = (int)(sections + (i * sectionSize));
            if (BitConverter.ToUInt32(elf, header + 4) != SectionTypeVersionNeeds)
            {
                continue;
            }

            int strings = (int)(sections + (BitConverter.ToInt32(elf, header + 0x28) * sectionSize));
            changed += WeakenSection(elf, (int)BitConverter.ToInt64(elf, header + 0x18), (int)BitConverter.ToInt64(elf, strings + 0x18));
        }

        return changed;
    }

    private int WeakenSection(byte[] elf, int need, int strings)
    {
        int changed = 0;
        while (true)
        {
            int auxiliary = need + BitConverter.ToInt32(elf, need + 8);
            for (int left = BitConverter.ToUInt16(elf, need + 2); left > 0; left--)
            {
                if (ReadString(elf, strings + BitConverter.ToInt32(elf, auxiliary + 8)) == SymbolVersion)
                {
                    elf[auxiliary + 4] |= (byte)FlagWeak;
                    changed++;
                }

                auxiliary += BitConverter.ToInt32(elf, auxiliary + 12);
            }

            int next = BitConverter.ToInt32(elf, need + 12);
            if (next == 0)
            {
                return changed;
            }

            need += next;
        }
    }

    private static string ReadString(byte[] elf, int offset)
    {
        int end = Array.IndexOf(elf, (byte)0, offset);
        return Encoding.ASCII.GetString(elf, offset, end - offset);
    }
}
