# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $devices = @(Get-MedSegDevice)
}

Describe 'Get-MedSegDevice' {
    It 'lists the processor first' {
        $devices | Should -BeOfType MedSeg.DeviceInfo
        $devices[0].Name | Should -Be 'cpu'
        $devices[0].MemoryTotal | Should -BeGreaterThan 100MB
        $devices[0].TorchVersion | Should -Match '^\d+\.\d+'
    }

    It 'marks the one that Auto chooses' {
        @($devices | Where-Object -Property IsAutoChoice).Count | Should -Be 1
    }

    It 'gives names that -Device takes' {
        $pattern = (Get-Command -Name Start-MedSegTraining).Parameters['Device'].Attributes |
            Where-Object { $_ -is [System.Management.Automation.ValidatePatternAttribute] }

        $devices.Name | Should -Match $pattern.RegexPattern
    }

    It 'shows a table' {
        $devices | Get-TableText | Should -Match 'Device\s+CPU/GPU\s+Memory GB\s+Free GB\s+Auto\s+Remark'
    }
}
