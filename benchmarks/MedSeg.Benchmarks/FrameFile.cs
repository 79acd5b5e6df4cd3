using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MedSeg.Benchmarks;

/// <summary>Makes a file of many frames of one of a single frame.</summary>
internal static class FrameFile
{
    // Rows (0028,0010), before which the Number of Frames (0028,0008) stands.
    private static ReadOnlySpan<byte> Rows => [0x28, 0, 0x10, 0, (byte)'U', (byte)'S'];

    /// <summary>Writes the file.</summary>
    /// <param name="single">A file in explicit VR little endian whose last element is the pixel data.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="frames">The pixels of each frame, as many as the single one's.</param>
    public static void Write(byte[] single, string path, IReadOnlyList<ushort[]> frames)
    {
        int rows = single.AsSpan().IndexOf(Rows);
        int frameLength = sizeof(ushort) * frames[0].Length;
        int pixels = single.Length - frameLength;
        string count = frames.Count.ToString(CultureInfo.InvariantCulture);
        count += count.Length % 2 == 0 ? "" : " ";
        using FileStream stream = File.Create(path);
        stream.Write(single.AsSpan(0, rows));
        stream.Write([0x28, 0, 0x08, 0, (byte)'I', (byte)'S', (byte)count.Length, 0, .. Encoding.ASCII.GetBytes(count)]);
        stream.Write(single.AsSpan(rows, pixels - sizeof(uint) - rows));
        stream.Write(BitConverter.GetBytes(frames.Count * frameLength));
        foreach (ushort[] frame in frames)
        {
            stream.Write(MemoryMarshal.AsBytes<ushort>(frame));
        }
    }
}
