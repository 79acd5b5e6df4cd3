# Connect must run before PowerShell inspects the cmdlets, because their types come from MedSeg.Engine. The engine and its
# dependencies load from the engine folder into a separate load context. Torch is not loaded here.
# Only core commands of PowerShell are used, so that the module loads in every host.
Set-StrictMode -Version 3.0

$path = [System.IO.Path]::Combine($PSScriptRoot, 'MedSeg.PowerShell.dll')
if (-not [System.IO.File]::Exists($path)) {
    throw "$path does not exist. In a folder with the source of MedSeg, run 'dotnet build' and then 'Import-Module ./out/MedSeg'; an installed module lacks files: install it again."
}

$assembly = [System.Reflection.Assembly]::LoadFrom($path)
$null = $assembly.GetType('MedSeg.PowerShell.ModuleLifetime').GetMethod('Connect').Invoke($null, $null)
Import-Module -Name $path
Export-ModuleMember -Cmdlet '*' -Alias '*'
