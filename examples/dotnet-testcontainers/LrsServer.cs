using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Xunit;

namespace LrsTests;

/// <summary>The service in a container, started once for all tests of a collection. The image is the repository's
/// own: <c>docker build -t lrs-soap .</c></summary>
public sealed class LrsServer : IAsyncLifetime
{
    private const ushort Port = 8080;
    private readonly string _token = Guid.NewGuid().ToString("N");
    private readonly IContainer _container;

    public LrsServer()
    {
        _container = new ContainerBuilder()
            .WithImage("lrs-soap:latest")
            .WithCommand("serve", "--demo")
            .WithEnvironment("LRS_SOAP_CONTROL_TOKEN", _token)
            .WithPortBinding(Port, assignRandomHostPort: true)
            .WithTmpfsMount("/tmp")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(
                request => request.ForPort(Port).ForPath("/_lrs/health/ready")))
            .Build();
    }

    public Uri Address => new($"http://{_container.Hostname}:{_container.GetMappedPublicPort(Port)}/");

    public HttpClient Control { get; } = new();

    public async Task InitializeAsync()
    {
        await _container.StartAsync();
        Control.BaseAddress = new Uri(Address, "_lrs/");
        Control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
    }

    public async Task DisposeAsync()
    {
        Control.Dispose();
        await _container.DisposeAsync();
    }

    /// <summary>Makes a world that nobody else sees.</summary>
    public async Task<LrsWorld> CreateWorldAsync() =>
        new(this, await PostAsync("worlds", new JsonObject { ["from"] = "demo" }));

    internal async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var answer = await Control.PostAsJsonAsync(path, body);
        var said = await answer.Content.ReadFromJsonAsync<JsonNode>();
        return answer.IsSuccessStatusCode
            ? said!
            : throw new InvalidOperationException($"{path}: {said?["error"]}");
    }
}

/// <summary>One world of the service, deleted in the end.</summary>
public sealed class LrsWorld : IAsyncDisposable
{
    private readonly LrsServer _server;
    private readonly string _name;

    internal LrsWorld(LrsServer server, JsonNode said)
    {
        _server = server;
        _name = said["name"]!.GetValue<string>();
        Address = new Uri(server.Address, said["prefix"]!.GetValue<string>() + "/");
    }

    /// <summary>What stands before the name of a service.</summary>
    public Uri Address { get; }

    /// <summary>Makes a learner; what is not said of it is invented.</summary>
    public Task<JsonNode> CreateLearnerAsync(JsonObject? wanted = null) =>
        _server.PostAsync($"learners?world={_name}", wanted ?? new JsonObject());

    /// <summary>Sets a scenario of the catalogue.</summary>
    public Task<JsonNode> SetScenarioAsync(string name, JsonObject? match = null) =>
        _server.PostAsync(
            $"scenarios?world={_name}",
            new JsonObject { ["name"] = name, ["match"] = match ?? new JsonObject() });

    public async ValueTask DisposeAsync()
    {
        using var answer = await _server.Control.DeleteAsync($"worlds/{_name}");
        answer.EnsureSuccessStatusCode();
    }
}
