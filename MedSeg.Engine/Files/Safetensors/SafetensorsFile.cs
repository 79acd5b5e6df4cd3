using System.Buffers.Binary;
using System.Text.Json;
using MedSeg.Errors;

namespace MedSeg.Files.Safetensors;

/// <summary>
/// A safetensors file: eight bytes with the header's length, a JSON header with the names, types, shapes and offsets,
/// then the tensors' bytes. Nothing in such a file is ever executed.
/// </summary>
public sealed class SafetensorsFile
{
    /// <summary>The name of the header's entry that has the metadata.</summary>
    internal const string MetadataKey = "__metadata__";

    /// <summary>The number of bytes of the header's length, with which a file begins.</summary>
    internal const int LengthSize = sizeof(long);

    private const string CopyAgain = "Copy the file again.";

    // The limit of the format's reference implementation.
    private const long MaximumHeaderLength = 100_000_000;

    // A checkpoint of the pyramid network has a few hundred.
    private const int MaximumTensors = 50_000;

    /// <summary>Initializes a new instance of the <see cref="SafetensorsFile"/> class.</summary>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Free-form text by key.</param>
    public SafetensorsFile(IReadOnlyDictionary<string, SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>Gets the tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>Gets the free-form metadata by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Its tensors and metadata.</returns>
    /// <exception cref="MedSegException">The file does not exist or cannot be opened.</exception>
    /// <exception cref="FileFormatException">The file is truncated or not a safetensors file.</exception>
    public static SafetensorsFile Read(string path) => Parse(FileContent.Read(path), path);

    /// <summary>Parses a file's content; see <see cref="Read"/>.</summary>
    internal static SafetensorsFile Parse(byte[] content, string path)
    {
        long headerLength = HeaderLength(content, path);
        int dataStart = LengthSize + (int)headerLength;
        try
        {
            RequireFewEntries(content.AsSpan(LengthSize, (int)headerLength), path);
            using JsonDocument header = JsonDocument.Parse(content.AsMemory(LengthSize, (int)headerLength));
            return Parse(header.RootElement, content.AsMemory(dataStart), path, dataStart);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new FileFormatException(
                ErrorIds.SafetensorsInvalid, path, "The header is not the JSON of a safetensors file: the file is damaged or has another format.", LengthSize, e);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new SafetensorsContent([.. Tensors.Select(tensor => SafetensorsEntry.Of(tensor.Key, tensor.Value))], Metadata).Write(stream);
    }

    // Each entry takes a kilobyte of memory once it is parsed.
    private static void RequireFewEntries(ReadOnlySpan<byte> header, string path)
    {
        var reader = new Utf8JsonReader(header);
        int entries = 0;
        while (reader.Read())
        {
            entries += reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } ? 1 : 0;
            if (entries > MaximumTensors)
            {
                throw new FileFormatException(ErrorIds.SafetensorsInvalid, path, $"The file has more than {MaximumTensors:N0} tensors, far more than a network.", LengthSize);
            }
        }
    }

    private static long HeaderLength(byte[] content, string path)
    {
        if (content.Length < LengthSize)
        {
            throw new FileFormatException(
                ErrorIds.SafetensorsTruncated, path, $"The file has only {content.Length} bytes, too few for a safetensors file.", 0)
            {
                Advice = CopyAgain,
            };
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(content);
        if (length is < 2 or > MaximumHeaderLength)
        {
            throw new FileFormatException(
                ErrorIds.NotSafetensors,
                path,
                $"This is not a safetensors file: it {FileSignature.Describe(content)}.",
                0)
            {
                Advice = "Give the path of a model: a .safetensors, .onnx or .pt file.",
            };
        }

        if (length > content.Length - LengthSize)
        {
            throw new FileFormatException(
                ErrorIds.SafetensorsTruncated,
                path,
                $"The header should have {length} bytes, but only {content.Length - LengthSize} follow: the file is truncated or not a safetensors file.",
                LengthSize)
            {
                Advice = CopyAgain,
            };
        }

        return length;
    }

    private static SafetensorsFile Parse(JsonElement header, ReadOnlyMemory<byte> data, string path, long dataStart)
    {
        var tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in header.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    metadata[entry.Name] = entry.Value.GetString() ?? string.Empty;
                }
            }
            else if (!tensors.TryAdd(property.Name, ParseTensor(property, data, path, dataStart)))
            {
                throw new FileFormatException(ErrorIds.SafetensorsInvalid, path, $"The tensor '{property.Name}' occurs twice.", LengthSize);
            }
        }

        return new SafetensorsFile(tensors, metadata);
    }

    private static SafetensorsTensor ParseTensor(JsonProperty property, ReadOnlyMemory<byte> data, string path, long dataStart)
    {
        string type = GetMember(property.Value, "dtype").GetString() ?? string.Empty;
        JsonElement offsets = GetMember(property.Value, "data_offsets");
        if (offsets.GetArrayLength() != 2)
        {
            throw new FormatException("data_offsets must have two numbers.");
        }

        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        long[] shape = [.. GetMember(property.Value, "shape").EnumerateArray().Select(size => size.GetInt64())];
        if (!SafetensorsTensor.ElementSizes.TryGetValue(type, out int elementSize))
        {
            throw new FileFormatException(ErrorIds.SafetensorsInvalid, path, $"The tensor '{property.Name}' has the unknown type '{type}'.", LengthSize);
        }

        if (begin < 0 || end < begin || ExpectedLength(shape, elementSize) != end - begin)
        {
            throw new FileFormatException(
                ErrorIds.SafetensorsInvalid,
                path,
                $"The tensor '{property.Name}' has the shape [{string.Join(", ", shape)}] and type {type}, which does not match the {end - begin} bytes in the header.",
                LengthSize);
        }

        if (end > data.Length)
        {
            throw new FileFormatException(
                ErrorIds.SafetensorsTruncated, path, $"The tensor '{property.Name}' extends beyond the end of the file: the file is truncated.", dataStart + data.Length)
            {
                Advice = CopyAgain,
            };
        }

        return new SafetensorsTensor(type, shape, data.Slice((int)begin, (int)(end - begin)));
    }

    private static JsonElement GetMember(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement member) ? member : throw new FormatException($"'{name}' is missing.");

    // -1 if a size is negative or the product overflows.
    private static long ExpectedLength(long[] shape, int elementSize)
    {
        long length = elementSize;
        foreach (long size in shape)
        {
            if (size < 0 || (size > 0 && length > long.MaxValue / size))
            {
                return -1;
            }

            length *= size;
        }

        return length;
    }
}
