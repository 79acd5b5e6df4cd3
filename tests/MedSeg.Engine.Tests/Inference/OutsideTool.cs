using System.ComponentModel;
using System.Diagnostics;

namespace MedSeg.Tests.Inference;

/// <summary>Asks other programs what they make of a file; where one is not installed, the test is skipped and says so.</summary>
internal static class OutsideTool
{
    /// <summary>Requires that dciodvfy recognises a DICOM file as what it should be and finds no error in it.</summary>
    public static void RequireValid(string path, string kind = "Segmentation")
    {
        string report = Run("dciodvfy", path);
        Assert.Contains(kind, report, StringComparison.Ordinal);
        string errors = string.Join('\n', report.Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal)));
        Assert.True(errors.Length == 0, errors);
    }

    /// <summary>Runs a program, whose exit code must be 0.</summary>
    /// <returns>What it printed.</returns>
    public static string RunToEnd(string program, params string[] arguments)
    {
        (int code, string output) = Start(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>Runs a program, with any exit code.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string program, params string[] arguments) => Start(program, arguments).Output;

    private static (int Code, string Output) Start(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (errors.Result.Contains("No module named", StringComparison.Ordinal))
            {
                Assert.Skip("nibabel, openpyxl or pydicom is not installed (Debian packages python3-nibabel, python3-openpyxl and python3-pydicom).");
            }

            return (process.ExitCode, output + errors.Result);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed (Debian packages dcmtk, dicom3tools, libgdcm-tools, libopenjp2-tools, plastimatch, teem-apps, python3-nibabel and python3-pydicom).");
            throw;
        }
    }
}
