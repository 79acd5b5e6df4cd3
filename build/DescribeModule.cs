using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Completes the manifest of a staged module with what a gallery shows, and writes the nuspec with the same content.</summary>
/// <remarks>
/// The tags are those of the manifest, of the one system that the package is for, and of each command: galleries find commands by
/// them (PSCmdlet_ and PSCommand_). Addresses that are not given are left out, since NuGet refuses empty ones.
/// </remarks>
public sealed class DescribeModule : Task
{
    private static readonly string[] s_systems = { "Windows", "Linux", "MacOS" };

    /// <summary>The manifest of the staged module, which is changed.</summary>
    [Required]
    public string Manifest { get; set; }

    /// <summary>The nuspec with placeholders.</summary>
    [Required]
    public string Template { get; set; }

    /// <summary>The nuspec to write.</summary>
    [Required]
    public string Nuspec { get; set; }

    /// <summary>The runtime of the package, such as linux-x64; empty for the module for all systems.</summary>
    public string MedSegRuntime { get; set; }

    /// <summary>What it computes with, such as cpu.</summary>
    [Required]
    public string Backend { get; set; }

    [Required]
    public string ModuleVersion { get; set; }

    [Required]
    public string Authors { get; set; }

    [Required]
    public string Copyright { get; set; }

    /// <summary>What is new in this version.</summary>
    [Required]
    public string ReleaseNotes { get; set; }

    public string ProjectUri { get; set; }

    public string LicenseUri { get; set; }

    public string IconUri { get; set; }

    public override bool Execute()
    {
        string manifest = File.ReadAllText(Manifest);
        string[] tags = Tags(manifest);
        string description = Regex.Match(manifest, @"Description\s*=\s*'([^']*)'").Groups[1].Value;
        var lines = new List<string> { "Tags         = @('" + string.Join("', '", tags) + "')" };
        foreach (KeyValuePair<string, string> uri in Uris())
        {
            lines.Add((uri.Key + "Uri").PadRight(12) + " = '" + uri.Value.Replace("'", "''") + "'");
        }

        lines.Add("ReleaseNotes = @'\n" + ReleaseNotes.Replace("\r\n", "\n") + "\n'@");
        var described = new Regex(@"Tags\s*=\s*@\([^)]*\)\s*ReleaseNotes\s*=\s*'[^']*'");
        if (!described.IsMatch(manifest))
        {
            Log.LogError(Manifest + ": There are no Tags followed by ReleaseNotes to replace.");
            return false;
        }

        // The tags of a package for one kind of machine name one system only.
        File.WriteAllText(Manifest, described.Replace(manifest, match => string.Join("\n            ", lines), 1));
        WriteNuspec(description, tags);
        return true;
    }

    private string[] Tags(string manifest)
    {
        bool isForAll = string.IsNullOrEmpty(MedSegRuntime);
        string system = isForAll ? null : s_systems[MedSegRuntime.StartsWith("win", StringComparison.Ordinal) ? 0 : MedSegRuntime.StartsWith("linux", StringComparison.Ordinal) ? 1 : 2];
        string[] commands = List(manifest, "CmdletsToExport");
        return List(manifest, "Tags").Where(tag => isForAll || !s_systems.Contains(tag)).Concat(isForAll ? new string[0] : new[] { system })
            .Append("PSIncludes_Cmdlet").Concat(commands.Select(name => "PSCmdlet_" + name))
            .Concat(commands.Concat(List(manifest, "AliasesToExport")).Select(name => "PSCommand_" + name))
            .ToArray();
    }

    private static string[] List(string manifest, string name) =>
        Regex.Matches(Regex.Match(manifest, name + @"\s*=\s*@\(([^)]*)\)").Groups[1].Value, "'([^']+)'").Cast<Match>().Select(match => match.Groups[1].Value).ToArray();

    private IEnumerable<KeyValuePair<string, string>> Uris() => new[]
    {
        new KeyValuePair<string, string>("Project", ProjectUri), new KeyValuePair<string, string>("License", LicenseUri), new KeyValuePair<string, string>("Icon", IconUri),
    }.Where(uri => !string.IsNullOrEmpty(uri.Value));

    // The licence is the file in the package, which NuGet does not allow together with an address.
    private void WriteNuspec(string description, string[] tags)
    {
        var uris = new StringBuilder();
        foreach (KeyValuePair<string, string> uri in Uris().Where(uri => uri.Key != "License"))
        {
            string element = uri.Key.ToLowerInvariant() + "Url";
            uris.Append("    <" + element + ">" + Escape(uri.Value) + "</" + element + ">\n");
        }

        var values = new Dictionary<string, string>
        {
            ["version"] = Escape(ModuleVersion),
            ["authors"] = Escape(Authors),
            ["description"] = Escape(description + (string.IsNullOrEmpty(MedSegRuntime) ? " Run Install-MedSegNative once after the installation." : " For " + MedSegRuntime + " (" + Backend + ").")),
            ["copyright"] = Escape(Copyright),
            ["releaseNotes"] = Escape(ReleaseNotes),
            ["tags"] = Escape("PSModule " + string.Join(" ", tags)),
            ["uris"] = uris.ToString(),
        };
        File.WriteAllText(Nuspec, Regex.Replace(File.ReadAllText(Template), @"\$(\w+)\$\n?", match => values[match.Groups[1].Value] + (match.Groups[1].Value != "uris" && match.Value.EndsWith("\n") ? "\n" : "")));
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
