using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Natives;
using MedSeg.Tests.Files;
using MedSeg.Threading;

namespace MedSeg.Tests.Natives;

/// <summary>Installing native libraries from packages, whole and bad ones.</summary>
public sealed class NativeInstallerTests : IDisposable
{
    private const string Torch = "libtorch_cpu.so";
    private static readonly NativeTarget s_target = new("1.2.3", "linux-x64", "cpu");

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly string _package;
    private readonly string _module;
    private readonly NativeFolders _folders;
    private readonly NativeInstaller _installer;

    public NativeInstallerTests()
    {
        _package = Path.Combine(_folder, "p.nupkg");
        _module = Directory.CreateDirectory(Path.Combine(_folder, "MedSeg", "engine")).Parent!.FullName;
        _folders = new NativeFolders(Path.Combine(_module, "engine"), Path.Combine(_folder, "user"), s_target);
        _installer = new NativeInstaller(_folders);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Package_is_unpacked_next_to_the_engine_and_found()
    {
        var content = new NativePackageContent();
        content.Write(_package);
        Assert.Null(_folders.Find());
        Assert.Null(Check());
        var reports = new List<WorkProgress>();

        NativeInstallation result = Install(reports.Add);

        Assert.Equal(new NativeInstallation { Path = Path.Combine(_module, "native", "1.2.3-linux-x64"), Version = "1.2.3", Runtime = "linux-x64", Status = NativeStatus.Installed }, result);
        Assert.Equal(result.Path, _folders.Find());
        Assert.All(content.Listed, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(result.Path, file.Key))));
        Assert.Equal(content.Listed.Count + 1, Directory.GetFiles(result.Path, "*", SearchOption.AllDirectories).Length);
        Assert.Equal(new WorkProgress(3, 3), reports[^1]);
        Assert.Equal(result with { Status = NativeStatus.AlreadyInstalled }, Check());
        AssertNothingElse(result.Path);
    }

    [Fact]
    public void Damaged_library_is_noticed_and_replaced()
    {
        new NativePackageContent().Write(_package);
        NativeInstallation result = Install();
        using (FileStream stream = File.OpenWrite(Path.Combine(result.Path, Torch)))
        {
            stream.WriteByte((byte)~stream.Length);
        }

        Assert.Null(Check());
        Assert.Equal(result, Install());
        Assert.NotNull(Check());
        AssertNothingElse(result.Path);
    }

    [Fact]
    public void Folder_without_its_list_is_not_used()
    {
        new NativePackageContent().Write(_package);
        NativeInstallation result = Install();
        File.Delete(Path.Combine(result.Path, "native-files.json"));

        Assert.Null(_folders.Find());
        Assert.Equal(result, Install());
        Assert.NotNull(_folders.Find());
    }

    [Fact]
    public void Libraries_are_installed_for_the_user_where_the_folder_of_the_module_cannot_be_written()
    {
        new NativePackageContent().Write(_package);
        File.WriteAllText(Path.Combine(_module, "native"), "a file, in which no folder can be made");

        NativeInstallation result = Install();

        Assert.Equal(Path.Combine(_folder, "user", "native", "1.2.3-linux-x64"), result.Path);
        Assert.Equal(result.Path, _folders.Find());
    }

    [Fact]
    public void Libraries_of_the_module_come_before_those_of_the_user()
    {
        Assert.Equal([Path.Combine(_module, "native", "1.2.3-linux-x64"), Path.Combine(_folder, "user", "native", "1.2.3-linux-x64")], _folders.Candidates);
        foreach (string folder in _folders.Candidates.Reverse())
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "native-files.json"), "{}");
            Assert.Equal(folder, _folders.Find());
        }
    }

    [Fact]
    public void Error_says_so_where_no_folder_can_be_written()
    {
        new NativePackageContent().Write(_package);
        File.WriteAllText(Path.Combine(_module, "native"), string.Empty);
        File.WriteAllText(Path.Combine(_folder, "user"), string.Empty);

        Assert.Equal("WriteFailed", Assert.Throws<MedSegException>(() => Install()).ErrorId);
    }

    [Fact]
    public void Libraries_in_use_stay_as_they_are()
    {
        new NativePackageContent().Write(_package);
        NativeInstallation result = Install();
        FileRetry.Current = new FileRetry(new ImmediateClock(), TimeSpan.Zero);
        FileChanges.Before.Value = (change, path) =>
        {
            if (change == FileChange.Rename && path == result.Path)
            {
                throw new UnauthorizedAccessException("Access denied.");
            }
        };

        MedSegException error = Assert.Throws<MedSegException>(() => Install());

        Assert.Equal(("NativeInUse", ErrorKind.WriteFailed), (error.ErrorId, error.Kind));
        Assert.Contains("close every PowerShell", error.Advice, StringComparison.Ordinal);
        Assert.NotNull(Check());
        AssertNothingElse(result.Path);
    }

    [Fact]
    public void Stopped_installation_leaves_nothing()
    {
        new NativePackageContent().Write(_package);
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => _installer.Install(_package, new EngineEvents { Progress = _ => stop.Cancel() }, stop.Token));

        AssertNothingElse(null);
    }

    [Fact]
    public void What_a_killed_installation_left_is_deleted()
    {
        new NativePackageContent().Write(_package);
        string native = Path.Combine(_module, "native");
        string old = Directory.CreateDirectory(PartialFile.NameFor(Path.Combine(native, "1.2.3-linux-x64"))).FullName;
        string current = Directory.CreateDirectory(PartialFile.NameFor(Path.Combine(native, "1.2.3-linux-x64"))).FullName;
        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-1));

        NativeInstallation result = Install();

        Assert.Equal(((string[])[result.Path, current]).Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(native).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.2.4", "linux-x64", "cpu", "The package belongs to version 1.2.4 of MedSeg, but the module has version 1.2.3.")]
    [InlineData("1.2.3", "win-x64", "cpu", "The package is for win-x64, but this machine needs linux-x64.")]
    [InlineData("1.2.3", "linux-x64", "cuda-linux", "The package is for cuda-linux, but the module was built for cpu.")]
    public void Package_for_another_module_or_machine_is_refused(string version, string runtime, string backend, string finding)
    {
        MedSegException error = Refusal(new NativePackageContent { Version = version, Runtime = runtime, Backend = backend });

        Assert.Equal(("NativePackageMismatch", $"{_package}: {finding}"), (error.ErrorId, error.Finding));
        Assert.Equal("Use the package MedSeg.Native.linux-x64.1.2.3.nupkg.", error.Advice);
    }

    [Fact]
    public void Damaged_package_is_refused()
    {
        byte[] changed = new NativePackageContent().Listed[Torch];
        changed[1_000_000] ^= 1;
        AssertInvalid(new() { Missing = [Torch], Changed = [(Torch, changed)] }, Torch);
        AssertInvalid(new() { Missing = [Torch], Changed = [(Torch, changed[1..])] }, Torch);
        AssertInvalid(new() { Missing = [Torch] }, Torch);
        AssertInvalid(new() { Changed = [("libevil.so", [1])] }, "libevil.so, which is not on its list");
        AssertInvalid(new() { Changed = [("licences/../../x.nuspec/y", [1])] }, "not allowed in its folder", "NativePackageUnsafe");
        AssertInvalid(new() { Changed = [(Torch, changed)] }, "twice");
        AssertInvalid(new() { List = _ => null }, "not a package of MedSeg's native libraries");
        AssertInvalid(new() { List = text => text[..^1] }, "list");
        AssertInvalid(new() { List = _ => "{}" }, "list");
        AssertInvalid(new() { List = _ => "null" }, "list");
        AssertInvalid(new() { List = text => text.Replace("\"sha256\":\"", "\"sha256\":\"g", StringComparison.Ordinal) }, "list");
        AssertInvalid(new() { List = text => text.Replace("libstdc\\u002B\\u002B.so.6", "LIBTORCH_CPU.so", StringComparison.Ordinal) }, "list");
        AssertInvalid(new() { Listed = [] }, "list");
    }

    [Theory]
    [InlineData("../libevil.so")]
    [InlineData("/libevil.so")]
    [InlineData("C:/libevil.so")]
    [InlineData(@"a\..\..\libevil.so")]
    [InlineData("%2e%2e/libevil.so")]
    public void Package_that_names_files_outside_of_its_folder_is_refused(string name)
    {
        AssertInvalid(new() { Changed = [(name, [1])] }, "not allowed in its folder", "NativePackageUnsafe");
        AssertInvalid(new() { Listed = new() { [name] = [1, 2] } }, "not allowed in its folder", "NativePackageUnsafe");
    }

    [Theory]
    [InlineData("a/b/c.so")]
    [InlineData("lib.so.")]
    [InlineData("lib.so ")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("lib:stream")]
    public void List_with_names_that_are_no_plain_file_names_is_refused(string name) =>
        AssertInvalid(new() { Listed = new() { ["libgood.so"] = [1] }, List = text => text.Replace("libgood.so", name, StringComparison.Ordinal) }, "not allowed in its folder", "NativePackageUnsafe");

    [Fact]
    public void Package_that_would_fill_the_disk_is_refused()
    {
        AssertInvalid(new() { Listed = new() { ["zeros.so"] = new byte[20_000_000] } }, "far more", "NativePackageUnsafe");
        AssertInvalid(new() { Listed = new() { ["zeros.so"] = new byte[10] }, List = text => text.Replace("\"size\":10", "\"size\":9000000000000000000", StringComparison.Ordinal) }, "far more", "NativePackageUnsafe");
        AssertInvalid(new() { List = text => text + new string(' ', 2_000_000) }, "far more", "NativePackageUnsafe");
        AssertInvalid(new() { Changed = [.. Enumerable.Range(0, 2001).Select(i => ($"package/{i}", Array.Empty<byte>()))] }, "far more", "NativePackageUnsafe");
    }

    [Fact]
    public void Other_files_are_refused()
    {
        File.WriteAllText(_package, "no archive");
        Assert.Equal("NativePackageInvalid", Refusal(null).ErrorId);
        File.WriteAllText(_package, string.Empty);
        Assert.Equal("NativePackageInvalid", Refusal(null).ErrorId);
        File.Delete(_package);
        Assert.Equal("FileNotFound", Refusal(null).ErrorId);
        Directory.CreateDirectory(_package);
        Assert.Equal("FileUnreadable", Refusal(null).ErrorId);
    }

    [Fact]
    public void Package_that_is_cut_short_or_has_random_changes_is_installed_whole_or_refused()
    {
        var content = new NativePackageContent { Listed = new() { ["liba.so"] = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i))], ["licences/b.txt"] = [7] } };
        content.Write(_package);
        byte[] whole = File.ReadAllBytes(_package);
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] changed = i % 3 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int flips = 0; i % 3 != 0 && flips < 1 + (i % 5); flips++)
            {
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(_package, changed);
            try
            {
                NativeInstallation result = Install();
                Assert.All(content.Listed, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(result.Path, file.Key))));
            }
            catch (MedSegException e)
            {
                Assert.Contains(e.ErrorId, (string[])["NativePackageInvalid", "NativePackageMismatch", "NativePackageUnsafe"]);
            }
        }
    }

    [Fact]
    public void Module_says_which_libraries_it_needs()
    {
        Assert.Null(NativeTarget.Read(_module));
        string path = Path.Combine(_module, "native-package.json");
        File.WriteAllText(path, """{ "version": "0.1.0", "backend": "cuda-windows" }""");

        NativeTarget target = NativeTarget.Read(_module)!;

        Assert.Equal(($"MedSeg.Native.{target.Runtime}.cuda-windows", $"0.1.0-{target.Runtime}.cuda-windows"), (target.PackageId, target.FolderName));
        Assert.Matches("^(win|linux|osx)-(x64|arm64)$", target.Runtime);
        foreach (string damaged in (string[])["{", "{}", """{ "version": "../x", "backend": "cpu" }""", """{ "version": "1.0", "backend": "" }"""])
        {
            File.WriteAllText(path, damaged);
            Assert.Equal("NativeMissing", Assert.Throws<MedSegException>(() => NativeTarget.Read(_module)).ErrorId);
        }
    }

    private NativeInstallation? Check() => _installer.Check(TestContext.Current.CancellationToken);

    private NativeInstallation Install(Action<WorkProgress>? progress = null) => _installer.Install(_package, new EngineEvents { Progress = progress }, TestContext.Current.CancellationToken);

    private void AssertInvalid(NativePackageContent content, string finding, string id = "NativePackageInvalid")
    {
        MedSegException error = Refusal(content);
        Assert.Equal(id, error.ErrorId);
        Assert.Contains(finding, error.Finding, StringComparison.Ordinal);
        Assert.StartsWith(_package, error.Finding, StringComparison.Ordinal);
        Assert.Contains("Get the package again", error.Advice, StringComparison.Ordinal);
    }

    private MedSegException Refusal(NativePackageContent? content)
    {
        content?.Write(_package);
        MedSegException error = Assert.ThrowsAny<MedSegException>(() => Install());
        AssertNothingElse(null);
        return error;
    }

    private void AssertNothingElse(string? installed)
    {
        string native = Path.Combine(_module, "native");
        Assert.Equal(installed is null ? [] : [installed], Directory.Exists(native) ? Directory.GetFileSystemEntries(native) : []);
        Assert.False(File.Exists(Path.Combine(_folder, "libevil.so")) || File.Exists(Path.Combine(_module, "libevil.so")));
    }
}
