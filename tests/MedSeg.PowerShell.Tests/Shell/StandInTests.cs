namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>
/// The stand-ins give what PowerShell's own commands give; each expected text comes from
/// PowerShell 7.6, but for parameters that a stand-in does not have: these it must refuse.
/// </summary>
public sealed class StandInTests(StandInFixture fixture) : IClassFixture<StandInFixture>
{
    [Theory]
    [InlineData("Join-Path a b", "a/b")]
    [InlineData("Join-Path a/ b c d", "a/b/c/d")]
    [InlineData("'x','y' | Join-Path -ChildPath z", "x/z|y/z")]
    [InlineData("Split-Path /x/y.tar.gz", "/x")]
    [InlineData("Split-Path /x/y.tar.gz -Parent", "/x")]
    [InlineData("Split-Path /x/y.tar.gz -Leaf", "y.tar.gz")]
    [InlineData("Split-Path /x/y.tar.gz -LeafBase", "y.tar")]
    [InlineData("Split-Path /x/y.tar.gz -Extension", ".gz")]
    [InlineData("Split-Path y -Parent", "")]
    [InlineData("Test-Path a.txt, sub, none, *.txt, none/*", "True|True|False|True|False")]
    [InlineData("Test-Path a.txt -PathType Leaf; Test-Path a.txt -PathType Container; Test-Path sub -PathType Container", "True|False|True")]
    [InlineData("Test-Path b[1].csv; Test-Path -LiteralPath b[1].csv; Test-Path -LiteralPath b[1].csv -PathType Leaf", "False|True|True")]
    [InlineData("Test-Path nodrive:/x; Test-Path Env:PATH", "False|True")]
    [InlineData("(Get-Item a.txt).Length; (Get-Item sub).Name; (Get-Item -LiteralPath b[1].csv).Name", "14|sub|b[1].csv")]
    [InlineData("Get-Item none", "!PathNotFound")]
    [InlineData("(Get-ChildItem).Name", "sub|a.txt|b[1].csv")]
    [InlineData("(Get-ChildItem -Directory).Name; (Get-ChildItem . -File).Name", "sub|a.txt|b[1].csv")]
    [InlineData("(Get-ChildItem -Recurse -Filter *.txt).Name; (Get-ChildItem sub).Name", "a.txt|c.txt|c.txt")]
    [InlineData("(Get-ChildItem *.txt).Name; (Get-ChildItem -LiteralPath b[1].csv).Name", "a.txt|b[1].csv")]
    [InlineData("Get-ChildItem none; 'on'", "on|!PathNotFound")]
    [InlineData("Get-ChildItem . -Exclude x", "!NamedParameterNotFound")]
    [InlineData("(Get-ChildItem sub | Get-Item).Name; Get-ChildItem sub | Get-Content", "c.txt|deep")]
    public void Paths(string script, string expected) => Assert.Equal(expected, fixture.Run(script));

    [Theory]
    [InlineData("Get-Content a.txt; (Get-Content a.txt -Raw).Length; Get-Content a.txt -TotalCount 2", "one|two|three|14|one|two")]
    [InlineData("Get-Content none", "!PathNotFound")]
    [InlineData("$null = New-Item n -ItemType Directory; (New-Item n/x/y -ItemType Directory).Name; Test-Path n/x/y; Remove-Item n -Recurse; Test-Path n", "y|True|False")]
    [InlineData("$null = New-Item n -ItemType Directory; New-Item n -ItemType Directory; (New-Item n -ItemType Directory -Force).Name; Remove-Item n", "n|!DirectoryExist")]
    [InlineData("(New-Item f -Value hi).Length; New-Item f; (New-Item f -Force).Length; Remove-Item f", "2|0|!NewItemIOError")]
    [InlineData("Remove-Item none; Remove-Item none* ; Test-Path a.txt; Remove-Item a.txt -WhatIf; Test-Path a.txt", "True|True|!PathNotFound")]
    [InlineData("'x' | Set-Content -LiteralPath r[1]; Remove-Item -LiteralPath r[1]; Test-Path -LiteralPath r[1]", "False")]
    [InlineData("1.5, 'b' | Set-Content s; Set-Content s2 x, y -NoNewline; Get-Content s; Get-Content s2; Get-ChildItem s* -File | Remove-Item; Test-Path s, s2", "1.5|b|xy|False|False")]
    [InlineData("Set-Content s x -WhatIf; Test-Path s; Set-Content s x -Stream q", "False|!NamedParameterNotFound")]
    [InlineData("cd sub; (pwd).Path; (Get-ChildItem).Name; Set-Location ..; (Get-Location).Path; Set-Location none", "~/sub|c.txt|~|!PathNotFound")]
    public void Files(string script, string expected) => Assert.Equal(expected, fixture.Run(script));

    [Theory]
    [InlineData("1..5 | Select-Object -First 2; 1..5 | Select-Object -Last 2; 1..5 | Select-Object -Skip 3; 1..5 | Select-Object -Skip 1 -First 2; 1..5 | Select-Object -Skip 1 -Last 2", "1|2|4|5|4|5|2|3|3|4")]
    [InlineData("1..9 | ForEach-Object { $n = $_; $_ } | Select-Object -First 2; \"stopped at $n\"", "1|2|stopped at 2")]
    [InlineData("1..9 | Select-Object -First 0; 'end'", "end")]
    [InlineData("[pscustomobject]@{A=1;B=2;Ab=3} | Select-Object A*, C, @{n='D';e={$_.B * 2}}, {$_.A + 1}", "@{A=1; Ab=3; C=; D=4; $_.A + 1=2}")]
    [InlineData("[pscustomobject]@{A=1,2} | Select-Object -ExpandProperty A; [pscustomobject]@{A=1} | Select-Object -ExpandProperty B", "1|2|!ExpandPropertyNotFound")]
    [InlineData("1 | Select-Object -Unique", "!NamedParameterNotFound")]
    [InlineData("3, 10, 2 | Sort-Object; 'b', 'A', 'c' | Sort-Object -Descending; 2, 1, 2 | Sort-Object -Unique", "2|3|10|c|b|A|1|2")]
    [InlineData("$o = @{A=2;B=1}, @{A=1;B=2}, @{A=2;B=0} | ForEach-Object { [pscustomobject]$_ }; ($o | Sort-Object A, B).B; ($o | Sort-Object A -Descending).B; ($o | Sort-Object @{e='A';Descending=$true}, B).B", "2|0|1|1|0|2|0|1|2")]
    [InlineData("1..5 | Group-Object { $_ % 2 } | ForEach-Object { \"$($_.Name):$($_.Count):$($_.Group)\" }; ('b','a','B' | group).Count", "0:2:2 4|1:3:1 3 5|2")]
    [InlineData("$m = 1, 2.5, -3 | Measure-Object -Sum -Average -Minimum -Maximum; $m.Count, $m.Sum, [math]::Round($m.Average, 3), $m.Minimum, $m.Maximum", "3|0.5|0.167|-3|2.5")]
    [InlineData("(Get-ChildItem . -File | Measure-Object Length -Sum).Sum; (@() | Measure-Object).Count; (1, 2 | Measure-Object).Count", "67|0|2")]
    [InlineData("('a', 'c', 'b' | Measure-Object -Maximum).Maximum; ('a', 2 | Measure-Object -Sum).Sum; 1 | Measure-Object Nix", "c||!NonNumericInputObject")]
    public void Objects(string script, string expected) => Assert.Equal(expected, fixture.Run(script));

    [Theory]
    [InlineData("[pscustomobject]@{A=1.5;B='x \"y\"'}, [pscustomobject]@{A=$null;C=1} | ConvertTo-Csv", "\"A\",\"B\"|\"1.5\",\"x \"\"y\"\"\"|,")]
    [InlineData("[pscustomobject]@{A=1;B=2} | ConvertTo-Csv -Delimiter ';' -NoTypeInformation", "\"A\";\"B\"|\"1\";\"2\"")]
    [InlineData("$r = Import-Csv -LiteralPath b[1].csv; $r.Count; $r[0].Note; $r[1].Age; $r[1].Note.Length", "2|says \"hi\",\nthen goes|7|0")]
    [InlineData("'1;2', '3' | ConvertFrom-Csv -Delimiter ';' -Header A, B", "@{A=1; B=2}|@{A=3; B=}")]
    [InlineData("[pscustomobject]@{A=1;B='q,r'} | Export-Csv e; Import-Csv e; [pscustomobject]@{A=1} | Export-Csv e -WhatIf; (Import-Csv e).B; Remove-Item e", "@{A=1; B=q,r}|q,r")]
    [InlineData("Import-Csv none.csv", "!FileOpenFailure")]
    [InlineData("1 | Export-Csv a.txt -NoClobber; (Get-Content a.txt)[0]", "one|!NoClobber")]
    [InlineData("1 | Export-Csv x -Append; Test-Path x", "False|!NamedParameterNotFound")]
    [InlineData("[ordered]@{a=1;b=@(1,'x',$null);c=$true;d=2.0;e='é\"<';f=[double]::NaN;g=[dayofweek]1} | ConvertTo-Json -Compress", "{\"a\":1,\"b\":[1,\"x\",null],\"c\":true,\"d\":2.0,\"e\":\"é\\\"<\",\"f\":\"NaN\",\"g\":1}")]
    [InlineData("[pscustomobject]@{a=@{b=1}} | ConvertTo-Json", "{\n  \"a\": {\n    \"b\": 1\n  }\n}")]
    [InlineData("1, 2 | ConvertTo-Json -Compress; 1 | ConvertTo-Json -AsArray -Compress; ConvertTo-Json @(1) -Compress; ConvertTo-Json $null", "[1,2]|[1]|[1]|null")]
    [InlineData("@{a=@{b=@{c=@{d=@{}}}}} | ConvertTo-Json -Compress -WarningAction SilentlyContinue -Depth 3", "{\"a\":{\"b\":{\"c\":{\"d\":\"System.Collections.Hashtable\"}}}}")]
    [InlineData("[datetime]::SpecifyKind('2024-02-03 04:05:06', 'Utc') | ConvertTo-Json", "\"2024-02-03T04:05:06Z\"")]
    [InlineData("Get-Date 2024-02-03 -Format yyyy-MM; (Get-Date '2024-02-03').Day; (Get-Date) -is [datetime]", "2024-02|3|True")]
    public void Texts(string script, string expected) => Assert.Equal(expected, fixture.Run(script));

    [Theory]
    [InlineData("Write-Output 1, 2; (Write-Output 1, 2 -NoEnumerate).Count; Write-Output a b", "1|2|2|a|b")]
    [InlineData("(Write-Host a 1 (2, 3) -Separator '-' 6>&1).MessageData.Message; Write-Host quiet 6>$null", "a-1-2-3")]
    [InlineData("\"$(Write-Warning w 3>&1) $(Write-Verbose v -Verbose 4>&1) $(Write-Debug d -Debug 5>&1) $(Write-Information i 6>&1)\"", "w v d i")]
    [InlineData("Write-Error e -ErrorId Mine -Category InvalidData; 'on'", "on|!Mine")]
    [InlineData("try { Write-Error e -ErrorAction Stop } catch { \"caught $_\" }", "caught e")]
    [InlineData("try { 1 / 0 } catch { Write-Error -ErrorRecord $_ -ErrorAction Continue }", "!RuntimeException")]
    [InlineData("(Measure-Command-Is-Absent)", "!CommandNotFoundException")]
    [InlineData("$t = [datetime]::Now; Start-Sleep -Milliseconds 60; ([datetime]::Now - $t).TotalMilliseconds -ge 55", "True")]
    [InlineData("[pscustomobject]@{A=1;B=2} | Format-Table A | ForEach-Object { $_.GetType().Name }", "FormatStartData|GroupStartData|FormatEntryData|GroupEndData|FormatEndData")]
    [InlineData("([pscustomobject]@{A=1;B=2} | Format-List)[2].GetType().Name", "FormatEntryData")]
    public void Streams(string script, string expected) => Assert.Equal(expected, fixture.Run(script));

    [Fact]
    public void Documentation_names_every_stand_in_and_its_parameters()
    {
        string[] rows = File.ReadAllLines(Path.Combine(ShellProcess.RepositoryRoot, "docs", "shell.md"));
        string[] commands = fixture.Run(
            "Get-Command -Module MedSeg.Shell | ForEach-Object { $own = $_.Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters -and $_ -notin 'WhatIf', 'Confirm' }; \"$_ $own\" }").Split('|');

        Assert.True(commands.Length > 30, string.Join('\n', commands));
        foreach (string[] words in commands.Select(command => command.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            string row = Assert.Single(rows, row => row.StartsWith('|') && row.Contains($"`{words[0]}`", StringComparison.Ordinal));
            Assert.All(words[1..], word => Assert.True(
                row.Contains("| all:", StringComparison.Ordinal) || row.Contains(word, StringComparison.Ordinal), $"{words[0]} -{word}"));
        }
    }
}
