using System.Management.Automation;
using System.Management.Automation.Runspaces;
var iss = InitialSessionState.CreateDefault2();
if (OperatingSystem.IsWindows()) { iss.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass; }
using var rs = RunspaceFactory.CreateRunspace(iss);
rs.Open();
using var ps = PowerShell.Create(rs);
ps.AddScript("Import-Module /work/main/out/MedSeg; Get-MedSegDevice; [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -match 'Torch|MedSeg' }.ForEach{ $_.Location }");
foreach (var o in ps.Invoke()) { Console.WriteLine(o); }
foreach (var e in ps.Streams.Error) { Console.WriteLine(e); }
