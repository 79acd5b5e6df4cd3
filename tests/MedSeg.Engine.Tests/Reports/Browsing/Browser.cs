using System.ComponentModel;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedSeg.Tests.Reports.Browsing;

/// <summary>
/// A headless Chromium with one page, driven by the DevTools protocol. Where Chromium is not installed, the test is skipped and says so. WebGL is
/// computed on the CPU (SwiftShader).
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] s_programs = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _folder;
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _errors = [];
    private int _sent;

    private Browser(Process process, string folder) => (_process, _folder) = (process, folder);

    /// <summary>Gets what the page reported as errors: exceptions, and what its policy refused.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Gets the folder that files are saved to.</summary>
    public string Downloads => Path.Combine(_folder, "downloads");

    /// <summary>Opens a file in a window.</summary>
    public static async Task<Browser> OpenAsync(string path, int width = 1280, int height = 900)
    {
        string folder = Directory.CreateTempSubdirectory("medseg").FullName;
        var browser = new Browser(Start(folder), folder);
        try
        {
            await browser.ConnectAsync();
            Directory.CreateDirectory(browser.Downloads);
            await browser.SendAsync("Page.enable");
            await browser.SendAsync("Runtime.enable");
            await browser.SendAsync("Log.enable");
            await browser.SendAsync("Browser.setDownloadBehavior", new() { ["behavior"] = "allow", ["downloadPath"] = browser.Downloads });
            await browser.ResizeAsync(width, height);
            await browser.GoAsync(path);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a file in the same window.</summary>
    public async Task GoAsync(string path)
    {
        await SendAsync("Page.navigate", new() { ["url"] = new Uri(path).AbsoluteUri });
        await WaitAsync("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// <summary>Changes the size of the window.</summary>
    public Task ResizeAsync(int width, int height) =>
        SendAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });

    /// <summary>Changes the colours that the user prefers.</summary>
    public Task PreferAsync(string scheme) =>
        SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });

    /// <summary>Evaluates an expression of the page; a promise is awaited.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        JsonNode result = await SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.True(result["exceptionDetails"] is null, result["exceptionDetails"]?.ToJsonString());
        return result["result"]!["value"] is { } value ? value.Deserialize<T>()! : default!;
    }

    /// <summary>Runs statements in the page.</summary>
    public Task RunAsync(string script) => EvaluateAsync<JsonNode>($"(() => {{ {script} }})()");

    /// <summary>Waits until a condition of the page holds.</summary>
    public async Task WaitAsync(string condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await EvaluateAsync<bool>(condition))
        {
            Assert.True(waited.Elapsed < s_patience, $"{condition} does not hold. Errors of the page: {string.Join('\n', _errors)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Presses a key.</summary>
    public async Task PressAsync(string key)
    {
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            await SendAsync("Input.dispatchKeyEvent", new() { ["type"] = type, ["key"] = key, ["text"] = key.Length == 1 && type == "keyDown" ? key : "" });
        }
    }

    /// <summary>Takes a picture of the window; with MEDSEG_SCREENSHOTS set, it is kept in that folder.</summary>
    public async Task<byte[]> ScreenshotAsync(string name)
    {
        byte[] png = Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot"))["data"]!);
        if (Environment.GetEnvironmentVariable("MEDSEG_SCREENSHOTS") is { Length: > 0 } kept)
        {
            Directory.CreateDirectory(kept);
            await File.WriteAllBytesAsync(Path.Combine(kept, name + ".png"), png, TestContext.Current.CancellationToken);
        }

        return png;
    }

    /// <summary>Waits for a file that the page saves.</summary>
    public async Task<byte[]> DownloadAsync(string name)
    {
        string path = Path.Combine(Downloads, name);
        var waited = Stopwatch.StartNew();
        while (!File.Exists(path))
        {
            Assert.True(waited.Elapsed < s_patience, $"{name} was not saved. Errors of the page: {string.Join('\n', _errors)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start(string folder)
    {
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--no-first-run", "--hide-scrollbars", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--remote-debugging-port=0",
            "--remote-allow-origins=*", "--user-data-dir=" + Path.Combine(folder, "profile"), "about:blank",
        ];
        foreach (string program in s_programs)
        {
            try
            {
                var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

                // A full pipe would stop it.
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                return process;
            }
            catch (Win32Exception)
            {
                // The next name.
            }
        }

        Directory.Delete(folder, recursive: true);
        Assert.Skip("Chromium is not installed (Debian package chromium).");
        return null!;
    }

    private async Task ConnectAsync()
    {
        string port = Path.Combine(_folder, "profile", "DevToolsActivePort");
        using var client = new HttpClient();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            Assert.True(waited.Elapsed < s_patience && !_process.HasExited, "Chromium did not start.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
            if (File.Exists(port) && File.ReadAllLines(port) is [string number, ..])
            {
                JsonNode pages = JsonNode.Parse(await client.GetStringAsync($"http://127.0.0.1:{number}/json/list", TestContext.Current.CancellationToken))!;
                if (pages.AsArray().FirstOrDefault(page => (string?)page!["type"] == "page") is { } page)
                {
                    await _socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), TestContext.Current.CancellationToken);
                    return;
                }
            }
        }
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_sent;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        while (true)
        {
            JsonNode answer = await ReceiveAsync();
            if ((string?)answer["method"] is "Runtime.exceptionThrown" or "Log.entryAdded")
            {
                NoteError(answer["params"]!);
            }
            else if ((int?)answer["id"] == id)
            {
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer.ToJsonString()}");
            }
        }
    }

    private void NoteError(JsonNode parameters)
    {
        if (parameters["exceptionDetails"] is { } exception)
        {
            _errors.Add(exception.ToJsonString());
        }
        else if ((string?)parameters["entry"]!["level"] == "error")
        {
            _errors.Add((string)parameters["entry"]!["text"]!);
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var text = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(text.ToArray())!;
    }
}
