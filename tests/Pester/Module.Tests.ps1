# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeDiscovery {
    $modulePath = if ($env:MEDSEG_MODULE) { $env:MEDSEG_MODULE } else { Join-Path -Path $PSScriptRoot -ChildPath '../../out/MedSeg' }
    $manifest = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $modulePath -ChildPath 'MedSeg.psd1')
    $commands = foreach ($name in $manifest.CmdletsToExport) { @{ Command = $name } }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    function Invoke-FreshShell {
        param([string] $Script)

        $text = "`$ErrorActionPreference = 'Stop'; `$modulePath = '$((Resolve-Path -LiteralPath $modulePath).ProviderPath)'; $Script"
        $output = Invoke-NewPwsh -Command $text 2>&1
        if ($LASTEXITCODE -ne 0) {
            throw "The shell ended with code ${LASTEXITCODE}: $output"
        }
        $output
    }

    $ownParameters = {
        param($Command)
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        (Get-Command -Name $Command).Parameters.Keys | Where-Object { $_ -notin $common }
    }
}

Describe 'MedSeg' {
    It 'exports what the manifest lists and nothing else' {
        $manifest = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $modulePath -ChildPath 'MedSeg.psd1')
        $module = Get-Module -Name MedSeg

        ($module.ExportedCmdlets.Keys | Sort-Object) | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $module.ExportedAliases.Keys | Should -Be $manifest.AliasesToExport
        $module.ExportedCmdlets.Count | Should -Be $manifest.CmdletsToExport.Count
        $module.ExportedVariables.Count | Should -Be 0
    }

    It 'passes Test-ModuleManifest' {
        $found = Test-ModuleManifest -Path (Join-Path -Path $modulePath -ChildPath 'MedSeg.psd1') -ErrorAction Stop

        $found.PowerShellVersion | Should -Be '7.4'
        $found.CompatiblePSEditions | Should -Be 'Core'
    }

    It 'is imported silently and without torch, Skia or ScottPlot' {
        $output = Invoke-FreshShell -Script 'Import-Module $modulePath; [AppDomain]::CurrentDomain.GetAssemblies().ForEach{ $_.GetName().Name }'

        $output | Should -Contain 'MedSeg.PowerShell'
        $output | Where-Object { $_ -isnot [string] -or $_ -match 'Torch|Skia|ScottPlot|WARNING' } | Should -BeNullOrEmpty
    }

    It 'has the help topic <_>' -ForEach 'about_MedSeg', 'about_MedSeg_Data', 'about_MedSeg_Training' {
        Get-Help -Name $_ | Should -Match "^TOPIC\s+$_\s+SHORT DESCRIPTION"
    }

    It 'can be removed and imported again' {
        $output = Invoke-FreshShell -Script @'
            Import-Module $modulePath
            $first = @(Get-MedSegDevice)[0].Name
            Remove-Module MedSeg
            $gone = -not (Get-Module MedSeg) -and -not (Get-ChildItem Function:, Alias: | Where-Object Source -eq MedSeg)
            Import-Module $modulePath
            $second = @(Get-MedSegDevice)[0].Name
            "$first $gone $second $([MedSeg.Dataset].FullName)"
'@
        $output | Should -Be 'cpu True cpu MedSeg.Data.Dataset'
    }

    It 'lets scripts write [<_>]' -ForEach 'MedSeg.Dataset', 'MedSeg.EpochRecord', 'MedSeg.LabelReport', 'MedSeg.Normalization' {
        ($_ -as [type]).FullName | Should -BeLike 'MedSeg.*'
        ($_ -as [type]).Name | Should -Be $_.Split('.')[-1]
    }
}

Describe '<Command>' -ForEach $commands {
    BeforeAll {
        $help = Get-Help -Name $Command -Full
        $examples = @($help.examples.example.code)
    }

    It 'has an approved verb and says what it gives' {
        $info = Get-Command -Name $Command

        (Get-Verb).Verb | Should -Contain $info.Verb
        $info.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'has help with synopsis, description and examples' {
        # For a command without help, Get-Help makes up a synopsis from the syntax.
        $help.Synopsis.Trim() | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match $Command
        ($help.description.Text -join '').Trim() | Should -Not -BeNullOrEmpty
        $examples.Count | Should -BeGreaterOrEqual 3
    }

    It 'explains every parameter' {
        $explained = $help.parameters.parameter | Where-Object { ($_.description.Text -join '').Trim() } | ForEach-Object Name

        & $ownParameters $Command | Where-Object { $_ -notin $explained } | Should -BeNullOrEmpty
    }

    It 'shows examples whose commands and parameters exist' {
        foreach ($example in $examples) {
            $errors = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($example, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty

            $isCommand = { param($Node) $Node -is [System.Management.Automation.Language.CommandAst] -and $Node.GetCommandName() -like '*-MedSeg*' }
            foreach ($call in $tree.FindAll($isCommand, $true)) {
                $parameters = (Get-Command -Name $call.GetCommandName() -ErrorAction Stop).Parameters.Keys
                $used = $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }
                $used.ParameterName | Where-Object { $_ -and $_ -notin $parameters } | Should -BeNullOrEmpty
            }
        }
    }
}
