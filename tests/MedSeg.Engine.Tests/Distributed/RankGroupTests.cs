using System.Text;
using MedSeg.Distributed;
using MedSeg.Errors;

namespace MedSeg.Tests.Distributed;

/// <summary>Meetings of the ranks: what one of them says, all of them learn.</summary>
public sealed class RankGroupTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(2);

    [Fact]
    public void Each_rank_learns_what_all_say()
    {
        (string? Result, Exception? Error)[] found = Run(3, group => string.Join(' ', group.Meet(Encoding.UTF8.GetBytes(new string('x', group.Rank)))!.Select(Encoding.UTF8.GetString)));

        Assert.All(found, rank => Assert.Equal(" x xx", rank.Result));
    }

    [Fact]
    public void Rank_that_wants_to_stop_stops_all_and_is_named()
    {
        (string? Result, Exception? Error)[] found = Run(3, group => $"{group.Meet([], group.Rank == 2) is not null} {group.IsStopping} {group.StoppedBy}");

        Assert.Equal(["True True rank 2 on node2", "True True rank 2 on node2", "True True "], found.Select(rank => rank.Result));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Error_of_a_rank_ends_the_others_and_names_it(int failing)
    {
        (string? Result, Exception? Error)[] found = Run(3, group =>
        {
            if (group.Rank == failing)
            {
                group.Fail(new MedSegException(ErrorKind.Device, "Planted", "Memory ran out.") { Advice = "Buy more." });
                return "failed";
            }

            return group.Meet([])!.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        });

        for (int rank = 0; rank < 3; rank++)
        {
            if (rank == failing)
            {
                Assert.Equal("failed", found[rank].Result);
                continue;
            }

            var error = Assert.IsType<MedSegException>(found[rank].Error);
            Assert.Equal((ErrorIds.RankFailed, $"The run ends, because rank {failing} on node{failing} failed: Memory ran out."), (error.ErrorId, error.Finding));
        }
    }

    [Fact]
    public void Rank_that_leaves_ends_the_meeting_of_the_others_without_an_error()
    {
        (string? Result, Exception? Error)[] found = Run(3, group => group.Rank == 1 ? "left" : $"{group.Meet([]) is null} {group.Meet([]) is null} {group.StoppedBy}");

        Assert.Equal(["True True rank 1 on node1", "left", "True True rank 1 on node1"], found.Select(rank => rank.Result));
    }

    [Fact]
    public void Ranks_that_close_together_expect_nothing_more()
    {
        var ranks = new LocalRanks(2);
        (bool[]? Result, Exception? Error)[] found = ranks.Run(transport =>
        {
            using var group = RankGroup.Join(transport, s_long);
            bool before = transport.IsExpected;
            group.Close();
            return new[] { before, transport.IsExpected };
        });

        Assert.All(found, rank => Assert.Equal([true, false], rank.Result!));
    }

    [Fact]
    public void Rank_that_hangs_is_named_with_its_machine()
    {
        // Two messages, host names and a content, are answered: it hangs when it waits for the third.
        var ranks = new LocalRanks(3) { CallsBeforeHang = 4 };
        string? told = null;
        (string? Result, Exception? Error)[] found = ranks.Run(transport =>
        {
            using var group = RankGroup.Join(transport, TimeSpan.FromSeconds(1));
            group.Hung = finding => told ??= finding;
            for (int i = 0; i < 4; i++)
            {
                _ = group.Meet([]);
            }

            return "done";
        });

        Assert.All(found, rank => Assert.IsType<OperationCanceledException>(rank.Error, exactMatch: false));
        Assert.Equal("Rank 1 on node1 has not answered for 1 s.", told);
        Assert.StartsWith("Rank 1 on node1 has not answered for 1 s. Rank 0 on node0 ends the run.", ranks.Aborted, StringComparison.Ordinal);
    }

    [Fact]
    public void Rank_that_hangs_in_an_exchange_is_one_of_those_that_are_named()
    {
        // Host names and a content are answered: it hangs when it waits for the numbers.
        var ranks = new LocalRanks(3) { CallsBeforeHang = 4 };
        string? told = null;
        (string? Result, Exception? Error)[] found = ranks.Run(transport =>
        {
            using var group = RankGroup.Join(transport, TimeSpan.FromSeconds(1));
            group.Hung = finding => told ??= group.IsFirst ? finding : null;
            var sum = new ShareSum(6, 3);
            sum.Add(group.Rank, new float[6]);
            group.Reserve(sum);
            _ = group.Meet([]);
            _ = group.Total(sum);
            return "done";
        });

        Assert.All(found, rank => Assert.IsType<OperationCanceledException>(rank.Error, exactMatch: false));
        Assert.Equal("One of rank 1 on node1, rank 2 on node2 has not answered for 1 s.", told);
    }

    [Fact]
    public void Process_that_trains_alone_meets_nobody()
    {
        using var group = RankGroup.Alone();

        Assert.Equal([1, 2], Assert.Single(group.Meet([1, 2])!));
        Assert.Equal((1, true, false, null), (group.Size, group.IsFirst, group.IsStopping, group.Description));
    }

    private static (string? Result, Exception? Error)[] Run(int size, Func<RankGroup, string> rank) => new LocalRanks(size).Run(transport =>
    {
        using var group = RankGroup.Join(transport, s_long);
        string result = rank(group);
        if (result != "left")
        {
            group.Close();
        }

        return result;
    });
}
