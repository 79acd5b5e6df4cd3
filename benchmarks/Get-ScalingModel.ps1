# Computes what training with several ranks should cost, by the formula of docs/scaling.md, from what Measure-Scaling.ps1 measured:
#   dotnet run --project MedSeg.PowerShell -- benchmarks/Get-ScalingModel.ps1 -ShareSeconds 0.5 -StepSeconds 0.02 -GradientBytes 25473656 -Shares 64
# Returns an object for each network and number of ranks.
param(
    # The seconds that one rank takes for one share of a batch: forward, loss and backward.
    [Parameter(Mandatory)]
    [ValidateRange('Positive')]
    [double] $ShareSeconds,

    # The seconds of a step that do not depend on the number of ranks: the optimiser.
    [double] $StepSeconds = 0,

    # Four bytes for each parameter of the network, also where they are sent as bfloat16.
    [Parameter(Mandatory)]
    [long] $GradientBytes,

    [ValidateSet('Float32', 'BFloat16')]
    [string] $GradientFormat = 'Float32',

    [int] $Shares = 64,
    [int[]] $Ranks = @(1, 2, 4, 8, 16, 32, 64),

    # The seconds of a validation, and how many steps are taken from one to the next.
    [double] $ValidationSeconds = 0,
    [int] $StepsPerValidation = 1,

    # The bytes that one core adds to others in a second.
    [double] $BytesAddedPerSecond = 5e9,

    # The part of a share's time that is the backward pass, during which an exchange could be hidden.
    [double] $BackwardPart = 2 / 3
)

$ErrorActionPreference = 'Stop'

# One-way latency in seconds and bandwidth in bytes per second; docs/scaling.md names the sources.
$networks = [ordered] @{
    '10 GbE'         = @{ Latency = 21e-6; Bandwidth = 10e9 / 8 }
    'InfiniBand HDR' = @{ Latency = 0.6e-6; Bandwidth = 200e9 / 8 }
}

# How many nodes of the tree the shares of a rank are: what it sends to the others. The largest over all ranks.
function Get-BlockCount([int] $Shares, [int] $Ranks) {
    $most = 0
    foreach ($rank in 0..($Ranks - 1)) {
        $blocks = [Collections.Generic.List[int[]]]::new()
        $first = [Math]::Floor($Shares * $rank / $Ranks)
        $end = [Math]::Floor($Shares * ($rank + 1) / $Ranks)
        for ($share = $first; $share -lt $end; $share++) {
            $node = @([int] $share, [int] ($share + 1))
            while ($blocks.Count -gt 0) {
                $left = $blocks[-1]
                $size = $left[1] - $left[0]
                $isHalf = ($size -band ($size - 1)) -eq 0 -and $left[0] % (2 * $size) -eq 0
                if (-not $isHalf -or $node[1] -ne [Math]::Min($left[0] + 2 * $size, $Shares)) {
                    break
                }

                $node = @($left[0], $node[1])
                $blocks.RemoveAt($blocks.Count - 1)
            }

            $blocks.Add($node)
        }

        $most = [Math]::Max($most, $blocks.Count)
    }

    $most
}

function Get-StepSecond([int] $Count, [hashtable] $Network) {
    $compute = [Math]::Ceiling($Shares / $Count) * $ShareSeconds + $StepSeconds + $ValidationSeconds / $StepsPerValidation
    if ($Count -eq 1) {
        return @{ Total = $compute; Exchange = 0.0; Hidden = 0.0 }
    }

    $blocks = Get-BlockCount $Shares $Count
    $sentBytes = if ($GradientFormat -eq 'BFloat16') { $GradientBytes / 2 } else { $GradientBytes }
    $bytes = ($blocks + 1) * $sentBytes * ($Count - 1) / $Count
    $meeting = 3 * ($Count - 1) * $Network.Latency
    $exchange = 2 * ($Count - 1) * $Network.Latency + $bytes / $Network.Bandwidth + $blocks * $GradientBytes / $BytesAddedPerSecond
    $hidden = [Math]::Min($exchange, $BackwardPart * $ShareSeconds)
    @{ Total = $compute + $meeting + $exchange; Exchange = $meeting + $exchange; Hidden = $hidden }
}

foreach ($name in $networks.Keys) {
    $alone = (Get-StepSecond 1 $networks[$name]).Total
    foreach ($count in $Ranks | Where-Object { $_ -le $Shares }) {
        $step = Get-StepSecond $count $networks[$name]
        [pscustomobject] @{
            Network       = $name
            Ranks         = $count
            StepSeconds   = [Math]::Round($step.Total, 4)
            Speedup       = [Math]::Round($alone / $step.Total, 2)
            Efficiency    = [Math]::Round($alone / $step.Total / $count, 3)
            ExchangeShare = [Math]::Round($step.Exchange / $step.Total, 3)
            OverlapGain   = [Math]::Round($step.Total / ($step.Total - $step.Hidden) - 1, 3)
        }
    }
}
