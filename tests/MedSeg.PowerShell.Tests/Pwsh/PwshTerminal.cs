using System.Diagnostics;
using System.Text;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>The README's command on a terminal, which the program 'script' makes.</summary>
internal sealed class PwshTerminal : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;
    private int _seen;

    /// <summary>Starts the program; skips the test where there is no terminal to be had.</summary>
    public PwshTerminal(PwshProcess pwsh, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script (Debian's bsdutils) is not installed.");
        string program = string.Join(' ', RunTests.CommandLine.Concat(arguments).Select(word => $"'{word}'"));

        // What started the tests may have had them ignore Ctrl+C, as a shell does with its background jobs.
        _process = pwsh.Start("/usr/bin/script", "-qec", $"stty cols 160 rows 40; exec env --default-signal=INT {program}", "/dev/null");
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
    public PwshTerminal Type(string keys)
    {
        lock (_process)
        {
            _process.StandardInput.Write(keys);
            _process.StandardInput.Flush();
        }

        return this;
    }

    /// <summary>Waits until a text is written after the last one that was waited for.</summary>
    public PwshTerminal WaitFor(string text)
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

            Assert.False(isOver, $"'{text}' was not written after:\n{output[Math.Max(_seen, output.Length - 2000)..]}");
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
        const string query = "\u001b[6n";
        byte[] bytes = new byte[1024];
        char[] buffer = new char[bytes.Length + 1];
        int asked = 0;

        // A StreamReader that has filled its buffer waits for more before it returns the end of it, and that may hold a question.
        Decoder decoder = Encoding.UTF8.GetDecoder();
        for (int read; (read = _process.StandardOutput.BaseStream.Read(bytes)) > 0;)
        {
            int count = decoder.GetChars(bytes, 0, read, buffer, 0);
            string output;
            lock (_output)
            {
                _output.Append(buffer, 0, count);
                output = _output.ToString(asked, _output.Length - asked);
            }

            // A terminal tells where its cursor is when it is asked; the line editor waits for the answer. A question may come in two parts.
            for (int found; (found = output.IndexOf(query, StringComparison.Ordinal)) >= 0; output = output[(found + query.Length)..])
            {
                asked += found + query.Length;
                Type("\u001b[1;1R");
            }
        }
    }
}
