using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Xunit;

namespace LrsTests;

/// <summary>Tests of a client. Here the request is written by hand; a client generated from the WSDL gets the address of
/// the world instead: <c>new EndpointAddress(new Uri(world.Address, "LearnerService.svc"))</c>.</summary>
public sealed class LearnerLookupTests(LrsServer server) : IClassFixture<LrsServer>
{
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly XNamespace Find = "http://api.lrs.miap.gov.uk/findmsg";

    [Fact]
    public async Task A_learner_is_found()
    {
        await using var world = await server.CreateWorldAsync();
        var learner = await world.CreateLearnerAsync(
            new JsonObject { ["GivenName"] = "Rosalind", ["FamilyName"] = "Lovelace" });

        var (status, answer) = await FindAsync(world, learner["uln"]!.GetValue<string>(), "Rosalind", "Lovelace");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("WSRC0004", answer.Descendants("ResponseCode").Single().Value);
    }

    [Fact]
    public async Task A_fault_is_told_by_its_code()
    {
        await using var world = await server.CreateWorldAsync();
        await world.SetScenarioAsync("out-of-hours", new JsonObject { ["operation"] = "learnerByULN" });

        var (status, answer) = await FindAsync(world, "9000000105", "Amelia", "Hartley");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Equal("WSEC0004", answer.Descendants("ErrorCode").Single().Value);
    }

    private static async Task<(HttpStatusCode Status, XDocument Answer)> FindAsync(
        LrsWorld world, string uln, string givenName, string familyName)
    {
        var message = new XDocument(
            new XElement(Soap + "Envelope",
                new XElement(Soap + "Body",
                    new XElement(Find + "FindLearnerByULN",
                        new XElement("FindType", "FUL"),
                        new XElement("UKPRN", "DEMO0001"),
                        new XElement("OrgPassword", "demo-password-01"),
                        new XElement("UserName", "dotnet"),
                        new XElement("ULN", uln),
                        new XElement("FamilyName", familyName),
                        new XElement("GivenName", givenName)))));
        using var client = new HttpClient();
        using var content = new StringContent(message.ToString(), Encoding.UTF8, "text/xml");
        content.Headers.Add("SOAPAction", "\"\"");
        using var answer = await client.PostAsync(new Uri(world.Address, "LearnerService.svc"), content);
        return (answer.StatusCode, XDocument.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
