using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Reports.Browsing;

/// <summary>Judges the accessibility of a page with axe-core (Deque, MPL-2.0), which npm fetches; where npm or the network is missing, the test is skipped and says so.</summary>
internal static class AxeCore
{
    private const string Version = "4.14.1";
    private const string Hash = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";

    private static readonly Lazy<string> s_script = new(Fetch);

    /// <summary>Requires that axe finds nothing wrong with the page, by the rules of WCAG 2.2 A and AA and its best practices.</summary>
    public static async Task RequireAccessibleAsync(Browser browser)
    {
        await browser.RunAsync(s_script.Value + "; return null;");
        string found = await browser.EvaluateAsync<string>("axe.run(document).then(found => JSON.stringify(found.violations.map(rule => rule.id + ': ' + rule.nodes.map(node => node.target + ' ' + node.failureSummary).join(' | '))))");
        Assert.Empty(JsonSerializer.Deserialize<string[]>(found)!);
        Assert.True(await browser.EvaluateAsync<int>("axe.run(document).then(found => found.passes.length)") > 10);
    }

    private static string Fetch()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "medseg-tests-axe-" + Version)).FullName;
        string archive = Path.Combine(folder, $"axe-core-{Version}.tgz");
        if (!File.Exists(archive))
        {
            string told = OutsideTool.Run("npm", "pack", "--silent", "--fetch-retries=0", "--pack-destination", folder, "axe-core@" + Version);
            Assert.SkipUnless(File.Exists(archive), "npm could not fetch axe-core: " + told);
        }

        byte[] content = File.ReadAllBytes(archive);
        Assert.Equal(Hash, Convert.ToBase64String(SHA512.HashData(content)));
        using var reader = new TarReader(new GZipStream(new MemoryStream(content), CompressionMode.Decompress));
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.Name == "package/axe.min.js")
            {
                return new StreamReader(entry.DataStream!).ReadToEnd();
            }
        }

        throw new InvalidDataException("axe-core has no axe.min.js.");
    }
}
