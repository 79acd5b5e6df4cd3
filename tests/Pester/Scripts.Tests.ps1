# Runs PSScriptAnalyzer with its default rules on all scripts of the repository and the manifest of the built module.
# PSScriptAnalyzer does not see that names and cases of the tests use the variables of BeforeDiscovery.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeDiscovery {
    $hasAnalyzer = [bool] (Get-Module -Name PSScriptAnalyzer -ListAvailable)
    $root = (Resolve-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../..')).ProviderPath
    $modulePath = if ($env:MEDSEG_MODULE) { $env:MEDSEG_MODULE } else { Join-Path -Path $root -ChildPath 'out/MedSeg' }

    # Only the built module has the files that the manifest names.
    $files = @(Get-Item -LiteralPath (Join-Path -Path $modulePath -ChildPath 'MedSeg.psd1'))
    $files += Get-ChildItem -LiteralPath $root -Recurse -File -Include *.ps1, *.psm1
    $scripts = foreach ($file in $files) {
        $name = [System.IO.Path]::GetRelativePath($root, $file.FullName)
        if ($file.Extension -eq '.psd1' -or $name -notmatch '(^|[\\/])(bin|obj|out)[\\/]') {
            @{ Name = $name; Path = $file.FullName }
        }
    }
}

Describe 'The scripts' {
    It 'are all looked at' -ForEach @{ Names = $scripts.Name } {
        (Split-Path -Path $Names -Leaf) | Should -Contain 'MedSeg.psd1'
        (Split-Path -Path $Names -Leaf) | Should -Contain 'build.ps1'
        (Split-Path -Path $Names -Leaf) | Should -Contain 'Train-Nightly.ps1'
    }

    It 'give PSScriptAnalyzer, where it is installed, nothing to say: <Name>' -ForEach $scripts -Skip:(-not $hasAnalyzer) {
        Invoke-ScriptAnalyzer -Path $Path | ForEach-Object { "$Name, line $($_.Line): $($_.RuleName): $($_.Message)" } | Should -BeNullOrEmpty
    }
}
