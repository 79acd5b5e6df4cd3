using System.Text;
using System.Text.Json;
using MedSeg.Files.Safetensors;

namespace MedSeg.Tests.Files;

public static class LongJsonTextTests
{
    public static TheoryData<string> Texts =>
    [
        string.Empty,
        "{\"a\":\"b\\c\",\"d\":[1,2]}",
        "µ <b>&'+` \t\n\u001b \u2028 腰 😀",
        new string('x', 4095) + "😀" + new string('"', 9000),
        new string('é', 4097),
        "lone \ud83d and \ude00",
        new string('y', 4095) + "\ud83d",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public static void Bytes_are_those_of_the_standard_writer(string text) =>
        Assert.Equal(Json(json => json.WriteStringValue(text)), Json(json => LongJsonText.Write(json, text)));

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("key");
            write(json);
            json.WriteNumber("next", 1);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
