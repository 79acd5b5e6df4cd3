using System.Diagnostics;
using System.Text;

namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>MedSeg.Shell on a terminal, which the program 'script' makes.</summary>
internal sealed class ShellTerminal : IDisposable
{
    /// <summary>The terminal's width: narrow, so that long lines are tried.</summary>
    public const int Columns = 60;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;
    private int _seen;

    /// <summary>Starts the program; skips the test where there is no terminal to be had.</summary>
    public ShellTerminal(ShellProcess shell, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script (Debian's bsdutils) is not installed.");
        string program = string.Join(' ', new[] { "dotnet", ShellProcess.ProgramPath }.Concat(arguments).Select(word => $"'{word}'"));

        // What started the tests may have had them ignore Ctrl+C, as a shell does with its background jobs.
        _process = shell.Start("/usr/bin/script", ["-qec", $"stty cols {Columns} rows 30; exec env --default-signal=INT {program}", "/dev/null"]);
        _reading = Task.Run(Read);
    }

    /// <summary>Gets all that was written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Gets the exit code, once the program has ended.</summary>
    public int ExitCode
    {
        get
        {
            Assert.True(_process.WaitForExit(s_patience) && _reading.Wait(s_patience), $"The program did not end:\n{Output}");
            return _process.ExitCode;
        }
    }

    /// <summary>Presses keys.</summary>
    public ShellTerminal Type(string keys)
    {
        _process.StandardInput.Write(keys);
        _process.StandardInput.Flush();
        return this;
    }

    /// <summary>Waits until a text is written after the last one that was waited for.</summary>
    public ShellTerminal WaitFor(string text)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            bool isOver = _reading.IsCompleted || watch.Elapsed > s_patience;
            string output = Output;
            int found = output.IndexOf(text, _seen, StringComparison.Ordinal);
            if (found >= 0)
            {
                _seen = found + text.Length;
                return this;
            }

            Assert.False(isOver, $"'{text}' was not written after:\n{output[_seen..]}");
            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Read()
    {
        char[] buffer = new char[1024];
        for (int count; (count = _process.StandardOutput.Read(buffer)) > 0;)
        {
            lock (_output)
            {
                _output.Append(buffer, 0, count);
            }
        }
    }
}
