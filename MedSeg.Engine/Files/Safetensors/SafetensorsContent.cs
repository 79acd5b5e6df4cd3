using System.Buffers.Binary;
using System.Text.Json;

namespace MedSeg.Files.Safetensors;

/// <summary>What a safetensors file is written from, tensor by tensor; see <see cref="SafetensorsFile"/> for the format.</summary>
/// <param name="tensors">The tensors, in the order of the file.</param>
/// <param name="metadata">Free-form text by key.</param>
internal sealed class SafetensorsContent(IReadOnlyList<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>Writes the file.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public void Write(Stream stream)
    {
        byte[] header = SerializeHeader();
        Span<byte> length = stackalloc byte[SafetensorsFile.LengthSize];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (SafetensorsEntry tensor in tensors)
        {
            tensor.Write(stream);
        }
    }

    private byte[] SerializeHeader()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsFile.MetadataKey);
                foreach ((string key, string value) in metadata)
                {
                    json.WritePropertyName(key);
                    LongJsonText.Write(json, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (SafetensorsEntry tensor in tensors)
            {
                WriteEntry(json, tensor, offset);
                offset += tensor.Length;
            }

            json.WriteEndObject();
        }

        // The data starts at a multiple of eight bytes, so that readers can map it into memory.
        while ((buffer.Length + SafetensorsFile.LengthSize) % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.DataType);
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
